/** No neighbour. */
const NONE = -1;

/**
 * Lines along which the values of a grid equal a level, by marching squares.
 *
 * A crossing lies on an edge between two grid points: edge 2 i runs from point i to the right,
 * edge 2 i + 1 downward. Every square links the edges that a line enters and leaves it by, so the
 * lines come out whole, and smooth: a curve is laid through the middles of their pieces.
 */
export class LevelLines {
  constructor() {
    this.columns = 0;
    this.rows = 0;
    /** @type {Float32Array} [rows, columns] */
    this.grid = new Float32Array(0);
    this.links = new Int32Array(0);
    this.x = 0;
    this.y = 0;
  }

  /** Makes room for a grid; its values are to be written into `grid`. */
  resize(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    if (this.grid.length >= columns * rows) return;
    this.grid = new Float32Array(columns * rows);
    this.links = new Int32Array(4 * columns * rows);
  }

  /**
   * Adds the lines of a level to a path.
   *
   * @param {{moveTo: Function, lineTo: Function, quadraticCurveTo: Function}} path
   * @param {number} level
   * @param {number} step pixels between grid points
   */
  trace(path, level, step) {
    this.links.fill(NONE);
    for (let j = 0; j + 1 < this.rows; j++) {
      for (let i = 0; i + 1 < this.columns; i++) this.linkSquare(j * this.columns + i, level);
    }
    const edges = 2 * this.columns * this.rows;
    // Lines that end at the border first; what is left then are closed ones.
    for (let edge = 0; edge < edges; edge++) {
      const ends = this.links[2 * edge] !== NONE && this.links[2 * edge + 1] === NONE;
      if (ends) this.follow(path, edge, level, step);
    }
    for (let edge = 0; edge < edges; edge++) {
      if (this.links[2 * edge] !== NONE) this.follow(path, edge, level, step);
    }
  }

  linkSquare(o, level) {
    const { grid, columns } = this;
    const a = grid[o] > level ? 1 : 0;
    const b = grid[o + 1] > level ? 2 : 0;
    const c = grid[o + columns + 1] > level ? 4 : 0;
    const d = grid[o + columns] > level ? 8 : 0;
    const code = a | b | c | d;
    if (code === 0 || code === 15) return;
    const top = 2 * o;
    const left = top + 1;
    const right = left + 2;
    const bottom = top + 2 * columns;
    if (code === 5 || code === 10) {
      // Two opposite corners of a saddle belong together if its middle lies with them.
      const sum = grid[o] + grid[o + 1] + grid[o + columns] + grid[o + columns + 1];
      const joined = sum > 4 * level === (code === 5);
      this.link(top, joined ? right : left);
      this.link(bottom, joined ? left : right);
      return;
    }
    const crossesTop = (a > 0) !== (b > 0);
    const crossesRight = (b > 0) !== (c > 0);
    const crossesBottom = (c > 0) !== (d > 0);
    const from = crossesTop ? top : crossesRight ? right : bottom;
    const to = crossesTop ? (crossesRight ? right : crossesBottom ? bottom : left)
      : crossesRight ? (crossesBottom ? bottom : left) : left;
    this.link(from, to);
  }

  link(from, to) {
    this.links[2 * from + (this.links[2 * from] === NONE ? 0 : 1)] = to;
    this.links[2 * to + (this.links[2 * to] === NONE ? 0 : 1)] = from;
  }

  /** Walks a line from an edge to its end, or around, and unlinks it. */
  follow(path, start, level, step) {
    const closed = this.links[2 * start + 1] !== NONE;
    this.locate(start, level, step);
    let { x, y } = this;
    const firstX = x;
    const firstY = y;
    let edge = start;
    let began = false;
    let middleX = x;
    let middleY = y;
    let entryX = x;
    let entryY = y;
    for (;;) {
      const next = this.unlink(edge);
      if (next === NONE) break;
      this.locate(next, level, step);
      middleX = (x + this.x) / 2;
      middleY = (y + this.y) / 2;
      if (began) path.quadraticCurveTo(x, y, middleX, middleY);
      else if (closed) path.moveTo((entryX = middleX), (entryY = middleY));
      else {
        path.moveTo(firstX, firstY);
        path.lineTo(middleX, middleY);
      }
      began = true;
      x = this.x;
      y = this.y;
      edge = next;
    }
    if (closed) path.quadraticCurveTo(x, y, entryX, entryY);
    else path.lineTo(x, y);
  }

  /** Takes the link to a neighbour of an edge away, both ways. */
  unlink(edge) {
    const { links } = this;
    const slot = links[2 * edge] !== NONE ? 2 * edge : 2 * edge + 1;
    const next = links[slot];
    if (next === NONE) return NONE;
    links[slot] = NONE;
    if (links[2 * next] === edge) links[2 * next] = NONE;
    else links[2 * next + 1] = NONE;
    return next;
  }

  /** Sets x, y to where the level is passed on an edge. */
  locate(edge, level, step) {
    const { grid, columns } = this;
    const o = edge >> 1;
    const down = edge & 1;
    const from = grid[o];
    const to = grid[down ? o + columns : o + 1];
    const share = (level - from) / (to - from);
    this.x = step * ((o % columns) + (down ? 0 : share));
    this.y = step * (Math.floor(o / columns) + (down ? share : 0));
  }
}
