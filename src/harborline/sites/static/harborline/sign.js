// A field to draw a signature in: the strokes go into the form as "M x y L x y ...". Without it the typed name is enough.
(() => {
  const pad = document.getElementById("pad");
  const strokes = document.getElementById("strokes");
  const box = document.getElementById("draw");
  if (!pad || !strokes || !box || !pad.getContext) return;
  box.hidden = false;
  const pen = pad.getContext("2d");
  pen.lineWidth = 2;
  pen.lineCap = "round";
  let path = "";
  let drawing = false;
  const most = 60000;
  const place = (event) => {
    const edge = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - edge.left) / edge.width) * pad.width);
    const y = Math.round(((event.clientY - edge.top) / edge.height) * pad.height);
    return [Math.min(Math.max(x, 0), pad.width), Math.min(Math.max(y, 0), pad.height)];
  };
  pad.addEventListener("pointerdown", (event) => {
    const [x, y] = place(event);
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    path += `${path ? " " : ""}M${x} ${y}`;
    pen.beginPath();
    pen.moveTo(x, y);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing || path.length > most) return;
    const [x, y] = place(event);
    path += ` L${x} ${y}`;
    pen.lineTo(x, y);
    pen.stroke();
    strokes.value = path;
  });
  const end = () => { drawing = false; };
  pad.addEventListener("pointerup", end);
  pad.addEventListener("pointercancel", end);
  document.getElementById("clear").addEventListener("click", () => {
    path = "";
    strokes.value = "";
    pen.clearRect(0, 0, pad.width, pad.height);
  });
})();
