"""The points, in one table. A score is the weight of evidence, as Fellegi and Sunter count it for record linkage.

Each feature says how much more often it looks so when line and entry are the same thing
than when they only happen to share an amount. ``DOUBLING`` points stand for twice as
often, so points add up where the evidences multiply. Evidence against counts below zero.
Whoever changes a number here changes ``SCORING_VERSION`` with it: the version is kept with
each match, so that an old score can be read by the table that it was made with.
"""

SCORING_VERSION = 1

#: Points for evidence that doubles the odds.
DOUBLING = 32

#: ``amount``: equal to the cent, which every proposal is (a fee apart). No more than the entrance ticket.
AMOUNT = 200

#: ``rarity``: how seldom such an amount is. The books are searched for amounts of this size and roundness; the
#: fewer there are by chance, the more an equal one says. 1,283.47 gets most of these points, 9.99 or 500.00
#: few; and the more other entries within reach have the very same amount, the less it says.
RARITY_MOST = 9 * DOUBLING
RARITY_OF_SHARED = 3 * DOUBLING  # two entries of the same amount within reach; halved odds for each doubling

#: ``date``: business days from the books to the bank. Most things are booked on the day or the day before.
DATE = (80, 64, 44, 24, 4, -16, -36, -52, -64, -76, -88)
#: The same where the bank was first: who enters what the bank has, takes the bank's date.
DATE_BANK_FIRST = (80, 52, 16, -20, -52, -80)
#: ``date_exchanged``: the entry's date is near only with day and month exchanged. A slip, hence a price.
DATE_EXCHANGED = -4 * DOUBLING
#: ``date_far``: long before the line, but with one number on both sides: cheques return when their holders please.
DATE_FAR = -1 * DOUBLING
#: ``far_apart``: long before the line, and shown only because nothing else has the amount. Never accepted without a
#: person: what comes every month looks just so.
FAR_APART = -5 * DOUBLING
#: ``not_yet``: dated after the last line there is, so its own line is probably still to come.
NOT_YET = -4 * DOUBLING

#: ``reference``: the number of the document or cheque stands on both sides. Most for a number that occurs once.
REFERENCE_MOST = 8 * DOUBLING
#: The most where several entries bear it, like the number of a customer or a contract: then it says who, not which.
REFERENCE_SHARED = 4 * DOUBLING
#: ``other_reference``: the line bears the number of another open entry, or one of the same make that differs.
REFERENCE_OF_OTHER = -5 * DOUBLING
REFERENCE_DIFFERS = -3 * DOUBLING

#: ``name``: words on both sides that are alike, most for words that few entries have.
NAME_MOST = 10 * DOUBLING
NAME_OF_WORD = 5 * DOUBLING  # the most for one word
#: Words of the contact that the line lacks while it has others: each, and at most.
NAME_MISSING = -3 * DOUBLING
NAME_LEAST = -5 * DOUBLING
#: The same where all the other words of the line are frequent ones, which may be a name or not.
NAME_DOUBTFUL = -1 * DOUBLING

#: ``history``: lines with these words were matched with this contact or text before. Most if always.
HISTORY_MOST = 4 * DOUBLING

#: ``rule``: a bank rule names the contact for this line, and the entry has it, or has another.
RULE = 4 * DOUBLING
RULE_OF_OTHER = -3 * DOUBLING

#: ``together``: what makes several rows one bundle. They were posted together, bear one number, are of one contact
#: or name, have one text, or share a word; each on its day or nearly.
TOGETHER = {"voucher": 3 * DOUBLING, "number": 3 * DOUBLING, "contact": 2 * DOUBLING, "text": DOUBLING, "word": 0}

#: ``parts``: several for one is rarer than one for one; all that belong together is likelier than a choice from them.
PARTS_WHOLE = -2 * DOUBLING
PARTS_CHOSEN = -3 * DOUBLING

#: ``fee``: the bank kept something: unlikely, unless it keeps the same share or amount from such lines again and again.
FEE = -5 * DOUBLING
FEE_USUAL = -1 * DOUBLING
