// A drawn signature: strokes go into the form as points. Typing the name is enough without this.
const pad = document.getElementById("pad");
const field = document.getElementById("drawn");
if (pad && field) {
  const brush = pad.getContext("2d");
  let strokes = [];
  let stroke = null;
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const fit = (value, size, most) => Math.max(0, Math.min(most, Math.round((value * most) / size)));
    return [fit(event.clientX - box.left, box.width, pad.width), fit(event.clientY - box.top, box.height, pad.height)];
  };
  document.getElementById("drawing").hidden = false;
  brush.lineWidth = 2;
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const [from, to] = [stroke[stroke.length - 1], place(event)];
    stroke.push(to);
    brush.beginPath();
    brush.moveTo(...from);
    brush.lineTo(...to);
    brush.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, () => {
      stroke = null;
      field.value = JSON.stringify(strokes);
    });
  }
  document.getElementById("clear").addEventListener("click", () => {
    strokes = [];
    field.value = "";
    brush.clearRect(0, 0, pad.width, pad.height);
  });
}
