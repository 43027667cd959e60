// The import page: the bar of a job, and a form that stays filled while its file is checked and then imported.
document.addEventListener("DOMContentLoaded", () => {
  const page = async (address) => {
    const answer = await fetch(address);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // Watches the job that a part of the page is about, and shows its result in place when it has ended.
  const follow = async (part) => {
    if (part.dataset.finished) return;
    const bar = part.querySelector(".co-bar i");
    const counted = part.querySelector("[data-counted]");
    await Bank.watch(part.dataset.job, (job) => {
      bar.style.width = `${Bank.share(job)}%`;
      const [done, total] = [job.progress.done, job.progress.total].map((count) => Bank.grouped(String(count)));
      if (job.progress.total) counted.textContent = `${done} of ${total}`;
    });
    const done = document.importNode((await page(part.dataset.page)).querySelector(".bk-job"), true);
    part.replaceWith(done);
  };
  for (const part of document.querySelectorAll(".bk-job")) follow(part);

  const form = document.getElementById("bk-import");
  if (!form) return;
  const outcome = document.getElementById("bk-outcome");

  const showProblems = (theirs) => {
    form.querySelectorAll(".co-problem, .co-problems").forEach((each) => each.remove());
    const above = theirs.querySelector(".co-problems");
    if (above) form.prepend(document.importNode(above, true));
    for (const field of form.querySelectorAll(".co-field")) {
      const control = field.querySelector("[name]");
      const other = theirs.querySelector(`.co-field [name="${control.name}"]`)?.closest(".co-field");
      const problems = other ? [...other.querySelectorAll(".co-problem")] : [];
      field.classList.toggle("co-wrong", problems.length > 0);
      for (const each of problems) field.append(document.importNode(each, true));
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll(".co-foot button")];
    const sent = new FormData(form, event.submitter);
    buttons.forEach((button) => (button.disabled = true));
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: sent });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = found.querySelector(".bk-job");
      const theirs = found.getElementById("bk-import");
      if (part) {
        showProblems(new DOMParser().parseFromString("", "text/html"));
        outcome.replaceChildren(document.importNode(part, true));
        await follow(outcome.firstElementChild);
        outcome.firstElementChild.scrollIntoView({ block: "nearest" });
      } else if (theirs) {
        showProblems(theirs);
      } else {
        location.reload();
      }
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });
});
