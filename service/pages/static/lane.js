// The lane on the screen: only the rows in sight are there, so thousands of machines scroll as lightly as ten.
import { ask, escaped } from "./app.js";
import { cellOf } from "./lane_model.js";

const HEIGHT = 24, HEAD = 22, SPARE = 3;

export class LaneView {
  constructor(box, open, tell) {
    Object.assign(this, { box, open, tell, at: [0, 0], rows: [], columns: [] });
    box.addEventListener("scroll", () => requestAnimationFrame(() => this.draw()));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", (event) => this.pick(event.target.closest("[data-column]"), true));
    box.addEventListener("mouseover", (event) => this.pick(event.target.closest("[data-column]"), false));
    box.addEventListener("focusin", (event) => this.pick(event.target.closest("[data-column]"), false));
    new ResizeObserver(() => this.show(this.lane, this.rows, this.columns)).observe(box);
  }

  /** Show rows by columns; the newest night is in sight. */
  show(lane, rows, columns) {
    if (!lane) return;
    const fresh = columns !== this.columns;
    Object.assign(this, { lane, rows, columns });
    const name = parseFloat(getComputedStyle(this.box).getPropertyValue("--name")) * 16;
    this.cell = Math.max(11, Math.min(40, Math.floor((this.box.clientWidth - name - 2) / columns.length)));
    this.width = name + this.cell * columns.length;
    this.box.style.setProperty("--cell", `${this.cell}px`);
    this.box.style.setProperty("--width", `${this.width}px`);
    this.at = [Math.min(this.at[0], Math.max(0, rows.length - 1)), fresh ? columns.length - 1 : this.at[1]];
    this.box.setAttribute("aria-rowcount", rows.length + 1);
    this.box.setAttribute("aria-colcount", columns.length + 1);
    const every = Math.ceil(46 / this.cell);
    const heads = columns.map((column, n) => `<div class="cell" role="columnheader">${(columns.length - 1 - n) % every ? "" : escaped(column.label)}</div>`);
    this.box.innerHTML = `<div class="row head" role="row"><div class="name" role="columnheader">machine</div>${heads.join("")}</div>
      <div class="body" role="rowgroup"></div>`;
    this.body = this.box.querySelector(".body");
    this.body.style.height = `${rows.length * HEIGHT}px`;
    if (fresh) this.box.scrollLeft = this.width;
    this.drawn = "";
    this.draw();
  }

  /** Put the rows in sight there, the others not. */
  draw() {
    if (!this.body) return;
    const first = Math.max(0, Math.floor((this.box.scrollTop - HEAD) / HEIGHT) - SPARE);
    const last = Math.min(this.rows.length, first + Math.ceil(this.box.clientHeight / HEIGHT) + 2 * SPARE);
    if (this.drawn === `${first} ${last}`) return;
    this.drawn = `${first} ${last}`;
    const held = this.box.contains(document.activeElement) && document.activeElement.dataset.column;
    this.body.innerHTML = this.rows.slice(first, last).map((row, n) => this.line(row, first + n)).join("");
    [...this.body.children].forEach((node, n) => { node.style.top = `${(first + n) * HEIGHT}px`; });
    if (held) this.focus();
  }

  line(row, place) {
    const name = escaped(row.name);
    const cells = this.columns.map((column, n) => {
      const { classes, text } = cellOf(this.lane, row, column);
      const stop = place === this.at[0] && n === this.at[1] ? 0 : -1;
      const hour = column.label.includes(":") ? ` ${column.label}` : "";
      return `<div class="cell ${classes}" role="gridcell" tabindex="${stop}" data-row="${place}" data-column="${n}" aria-label="${name} ${column.night}${hour}: ${text === "nothing found" ? text : escaped(text)}"></div>`;
    });
    const shown = row.kind === "camera" ? `${row.name} (camera)` : row.name;
    return `<div class="row" role="row" aria-rowindex="${place + 2}">
      <div class="name" role="rowheader" title="${escaped(`${shown}, ${row.family}`)}">${escaped(shown)}</div>${cells.join("")}</div>`;
  }

  pick(cell, opened) {
    if (!cell) return;
    this.at = [Number(cell.dataset.row), Number(cell.dataset.column)];
    for (const other of this.body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
    this.tell(cell.getAttribute("aria-label"));
    if (opened) this.open(this.rows[this.at[0]], this.columns[this.at[1]]);
  }

  key(event) {
    const page = Math.floor(this.box.clientHeight / HEIGHT) - 2;
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [page, 0], PageUp: [-page, 0], Home: [0, -999], End: [0, 999] };
    if (event.key === "Enter" && event.target.dataset.column) this.open(this.rows[this.at[0]], this.columns[this.at[1]]);
    const move = moves[event.key];
    if (!move || !event.target.dataset.column) return;
    event.preventDefault();
    const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
    this.at = [within(this.at[0] + move[0], this.rows.length), within(this.at[1] + move[1], this.columns.length)];
    const top = this.at[0] * HEIGHT;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    if (top + HEIGHT + HEAD > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + 2 * HEIGHT + HEAD - this.box.clientHeight;
    this.draw();
    this.focus();
  }

  focus() {
    const cell = this.body.querySelector(`[data-row="${this.at[0]}"][data-column="${this.at[1]}"]`);
    cell?.focus({ preventScroll: false });
  }
}
