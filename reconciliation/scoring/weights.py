"""The points, in one table. A score is the weight of evidence, as Fellegi and Sunter count it in record linkage.

Each feature says how much more often it looks so where line and entry are the same thing
than where they only happen to share an amount. ``DOUBLING`` points stand for twice as
often; so points add up where likelihoods multiply, and evidence against counts below zero.

Whoever changes a number here counts ``SCORING_VERSION`` up: the version is kept with each
match, so that an old score can be read by the table that it was made with.
"""

SCORING_VERSION = 2

#: Points for evidence that is twice as likely if it is the same thing.
DOUBLING = 32

#: What each feature means, in words for whoever asks why. The points are below, in this order.
FEATURES = {
    "amount": "The amounts are equal to the cent, a fee apart.",
    "rarity": "How seldom such an amount, or such a sum, would turn up by chance.",
    "date": "Business days between the books and the bank.",
    "date_exchanged": "The dates are near if day and month of the entry are exchanged.",
    "date_far": "The entry is much older than the line, but both bear one number, as cheques do.",
    "far_apart": "The entry is much older than the line; hardly anything else has this amount or number.",
    "not_yet": "The entry is dated after the last line there is; its own line may be still to come.",
    "reference": "Both bear the number of one document or cheque.",
    "other_reference": "The line bears another number than the entry, or the number of another entry.",
    "name": "Words that both have, less the words of the contact in whose place the line has others.",
    "history": "Lines with these words were matched with this contact or text before.",
    "rule": "A bank rule names the contact for the line; the entry has it, or has another.",
    "together": "The lines, or the entries, belong together: one transaction, number, contact or text.",
    "parts": "Several for one is rarer than one for one.",
    "open_amount": "The line is less, or more, than is open of the document.",
    "fee": "The bank kept something; less surprising if it often keeps the same from such lines.",
}

#: No more than the entrance ticket: every proposal has it.
AMOUNT = 200

#: The books are searched for amounts of this size and roundness. The fewer there are, the more an equal one says:
#: 1,283.47 gets most of these points, 500.00 few.
RARITY_MOST = 9 * DOUBLING
#: For any amount where no more than one other entry is within reach; less by ``DOUBLING`` for each twice as many.
RARITY_OF_ONE = 5 * DOUBLING
#: The most where another entry within reach has the very same amount; less by ``DOUBLING`` for each twice as many.
RARITY_OF_SHARED = 3 * DOUBLING

#: By business days from the books to the bank. Most things are at the bank on the day, or the day after.
DATE = (80, 64, 44, 24, 4, -16, -36, -52, -64, -76, -88)
#: The same where the bank was first, which is rarer: who enters what the bank has, takes the bank's date.
DATE_BANK_FIRST = (80, 52, 16, -20, -52, -80)
#: A slip, hence a price; days apart come on top.
DATE_EXCHANGED = -4 * DOUBLING
#: Cheques return when their holders please.
DATE_FAR = -1 * DOUBLING
#: Shown, and never accepted without a person: what comes every month looks just so.
FAR_APART = -5 * DOUBLING
#: What is booked has its line within days, as a rule; here these days are not over.
NOT_YET = -4 * DOUBLING

#: Most for a number that few lines have.
REFERENCE_MOST = 8 * DOUBLING
#: Where several entries bear it, like the number of a customer or a contract, it says who, and not which.
REFERENCE_SHARED = 4 * DOUBLING
#: The line bears the number of another open entry.
REFERENCE_OF_OTHER = -5 * DOUBLING
#: The same, and this entry bears none.
REFERENCE_ELSEWHERE = -5 * DOUBLING // 2
#: Both bear numbers of one length that differ in more than one digit, which is no slip.
REFERENCE_DIFFERS = -3 * DOUBLING

#: The most for all words, and for one; the fewer entries have a word, the more it says.
NAME_MOST = 10 * DOUBLING
NAME_OF_WORD = 5 * DOUBLING
#: For each word of the contact in whose place the line has another, and the least.
NAME_MISSING = -3 * DOUBLING
NAME_LEAST = -5 * DOUBLING
#: Where the other words of the line are frequent ones, and so may be no name at all.
NAME_DOUBTFUL = -1 * DOUBLING

#: If all lines with one of the words went there.
HISTORY_MOST = 3 * DOUBLING

RULE = 4 * DOUBLING
RULE_OF_OTHER = -3 * DOUBLING

#: By what holds them together.
TOGETHER = {"voucher": 3 * DOUBLING, "number": 3 * DOUBLING, "contact": 2 * DOUBLING, "text": DOUBLING, "word": 0}

#: All that belong together are likelier than a choice from them.
PARTS_WHOLE = -2 * DOUBLING
PARTS_CHOSEN = -3 * DOUBLING

#: A document that is paid in part, or too much: it takes its number to be believed.
OPEN_AMOUNT_OTHER = 3 * DOUBLING

FEE = -5 * DOUBLING
FEE_USUAL = -1 * DOUBLING
