/* Friday's asks: a need dragged onto a name presses the button that asks that person instead.
   Without this file, and by keyboard, the buttons under each need do the same. */
(() => {
  const find = (selector, from = document) => [...from.querySelectorAll(selector)];
  const people = find("[data-person]");
  const buttonOf = (need, person) =>
    document.querySelector(`[data-need="${need}"] [data-move] button[name="helper"][value="${person}"]`);
  let dragged = "";

  const settle = () => {
    dragged = "";
    document.body.classList.remove("dragging");
    people.forEach((person) => person.classList.remove("may-take", "over"));
  };

  find("[data-need]").forEach((item) => {
    const grip = item.querySelector("[data-grip]");
    if (!grip || !item.querySelector("[data-move] button[name=helper]")) return;
    grip.hidden = false;
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => {
      dragged = item.dataset.need;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.querySelector(".said")?.textContent ?? "");
      document.body.classList.add("dragging");
      find("[data-free]").forEach((folded) => { folded.open = true; });
      people.forEach((person) =>
        person.classList.toggle("may-take", Boolean(buttonOf(dragged, person.dataset.person))));
    });
    grip.addEventListener("dragend", settle);
  });

  people.forEach((person) => {
    person.addEventListener("dragover", (event) => {
      if (!dragged || !buttonOf(dragged, person.dataset.person)) return;
      event.preventDefault();
      person.classList.add("over");
    });
    person.addEventListener("dragleave", () => person.classList.remove("over"));
    person.addEventListener("drop", (event) => {
      const button = dragged && buttonOf(dragged, person.dataset.person);
      if (!button) return;
      event.preventDefault();
      settle();
      button.click();
    });
  });

  find("[data-drag-help]").forEach((help) => { help.hidden = !people.length; });
})();
