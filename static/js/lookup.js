// A long foreign key is typed; what matches is offered below the box.
document.querySelectorAll("input[data-lookup]").forEach((input) => {
  const list = document.createElement("datalist");
  list.id = `${input.id}-matches`;
  input.setAttribute("list", list.id);
  input.after(list);
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.lookup}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { rows } = await answer.json();
      list.replaceChildren(...rows.map((row) => new Option(row.label, row.value)));
    }, 200);
  });
});
