// Of the open documents, those that the chosen direction pays. The server refuses the others as well.
document.addEventListener("DOMContentLoaded", () => {
  const direction = document.getElementById("id_direction");
  const documents = document.getElementById("id_documents");
  if (!direction || !documents) return;
  const show = () => {
    const words = direction.options[direction.selectedIndex].text;
    for (const group of documents.querySelectorAll("optgroup")) {
      group.hidden = group.disabled = group.label !== words;
      if (group.hidden) for (const option of group.children) option.selected = false;
    }
  };
  direction.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
});
