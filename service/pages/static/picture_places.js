// Places in a picture: drawn over it and its heat map, dragged or typed, as left,top,width,height in its own pixels.
import { escaped } from "./app.js";

const LARGE = 512; // columns from which a picture has the whole width while a place is marked
const PARTS = ["left", "top", "width", "height"];
const marks = (figure) => figure.querySelector(".place");
const fields = (figure) => PARTS.map((part) => figure.querySelector(`[data-part="${part}"]`)).filter(Boolean);

/** The columns and rows of a figure's picture; 0 of one that is not there yet. */
export function pixels(figure) {
  const { naturalWidth, naturalHeight } = figure.querySelector(".marked img");
  return [naturalWidth, naturalHeight];
}

/** The place that somebody marks in a figure, in its one form; null where none is. */
export function markedPlace(figure) {
  const texts = fields(figure).map((field) => field.value.trim());
  return marks(figure)?.open && texts.some(Boolean) ? texts.map((text) => text && Number(text)).join(",") : null;
}

/** Begin to mark a place in a figure. */
export function beginPlace(figure) {
  if (!marks(figure)) return;
  marks(figure).open = true;
  fields(figure)[0].focus();
}

/** Forget the place that was being marked. */
export function clearPlace(figure) {
  for (const field of fields(figure)) field.value = "";
}

/** Stop marking a place in a figure. */
export function leavePlace(figure) {
  clearPlace(figure);
  marks(figure).open = false;
  figure.focus();
}

/** Draw a picture's judged places and the one that is being marked. */
export function drawPlaces(figure, verdicts) {
  const [width, height] = pixels(figure);
  if (!width) return;
  figure.classList.toggle("large", width > LARGE);
  const rect = (numbers, kind) => `<rect class="${escaped(kind)}" x="${numbers[0]}" y="${numbers[1]}" width="${numbers[2]}" height="${numbers[3]}"/>`;
  const rects = verdicts.filter((verdict) => verdict.place).map(({ place, place_size: size, kind }) => {
    const [across, down] = size.split("x").map(Number), scale = [width / across, height / down];
    return rect(place.split(",").map((number, at) => number * scale[at % 2]), kind);
  });
  const draft = fields(figure).map((field) => field.valueAsNumber);
  if (markedPlace(figure) && draft.every((number) => number >= 0)) rects.push(rect(draft, "draft"));
  for (const over of figure.querySelectorAll(".marked svg")) {
    over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    over.innerHTML = rects.join("");
  }
}

/** Let a pointer drag places over the pictures whose marks are open; `changed(figure)` after each move. */
export function dragPlaces(pictures, changed) {
  let drag = null;
  const pixelAt = (over, event) => {
    const box = over.getBoundingClientRect(), [width, height] = pixels(over.closest("figure"));
    const within = (at, count) => Math.min(Math.max(Math.floor(at * count), 0), count - 1);
    return [within((event.clientX - box.left) / box.width, width), within((event.clientY - box.top) / box.height, height)];
  };
  pictures.addEventListener("pointerdown", (event) => {
    const over = event.target.closest(".marked svg");
    if (!over || event.button || !marks(over.closest("figure"))?.open) return;
    event.preventDefault();
    over.setPointerCapture(event.pointerId);
    drag = { over, from: pixelAt(over, event) };
  });
  pictures.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const figure = drag.over.closest("figure"), to = pixelAt(drag.over, event);
    const first = to.map((at, axis) => Math.min(at, drag.from[axis]));
    const count = to.map((at, axis) => Math.abs(at - drag.from[axis]) + 1);
    fields(figure).forEach((field, at) => { field.value = [...first, ...count][at]; });
    changed(figure);
  });
  for (const end of ["pointerup", "pointercancel"]) pictures.addEventListener(end, () => { drag = null; });
}
