// Draw boxes on a page: the numbers go into the form, which works without this as well.
const frame = document.querySelector("[data-draw]");
const rows = [...document.querySelectorAll("form.hl-boxes fieldset")];

const fields = (row) => [...row.querySelectorAll("input")];
const free = () => rows.find((row) => fields(row).every((field) => field.value === ""));
const within = (value) => Math.max(0, Math.min(1000, Math.round(value)));

function place(event) {
  const box = frame.getBoundingClientRect();
  return [within(((event.clientX - box.left) / box.width) * 1000), within(((event.clientY - box.top) / box.height) * 1000)];
}

function show(row) {
  const [left, top, right, bottom] = fields(row).map((field) => Number(field.value));
  let shape = frame.querySelector(`[data-row="${rows.indexOf(row)}"]`);
  if (!shape) {
    shape = frame.appendChild(document.createElement("span"));
    shape.dataset.row = rows.indexOf(row);
  }
  Object.assign(shape.style, { left: `${left / 10}%`, top: `${top / 10}%`, width: `${(right - left) / 10}%`, height: `${(bottom - top) / 10}%` });
}

let begun = null;
frame.addEventListener("pointerdown", (event) => {
  const row = free();
  if (!row) return;
  event.preventDefault();
  begun = { row, from: place(event) };
  frame.setPointerCapture(event.pointerId);
});
frame.addEventListener("pointermove", (event) => {
  if (begun) write(event);
});
frame.addEventListener("pointerup", (event) => {
  if (begun) write(event);
  begun = null;
});

function write(event) {
  const [across, down] = place(event);
  const [startAcross, startDown] = begun.from;
  const values = [Math.min(across, startAcross), Math.min(down, startDown), Math.max(across, startAcross), Math.max(down, startDown)];
  fields(begun.row).forEach((field, at) => { field.value = values[at]; });
  show(begun.row);
}

for (const row of rows) row.addEventListener("input", () => fields(row).every((field) => field.value !== "") && show(row));
