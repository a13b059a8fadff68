/** Bars, grid lines and marks of the rows on screen, on one canvas over the right column. */
import type { SpanRow } from '../../src/core/protocol.js';
import { type Bar, barOf, placeLabel } from '../../src/core/view/bars.js';
import type { Tick } from '../../src/core/view/ticks.js';
import type { TimeWindow } from '../../src/core/view/timeScale.js';
import type { Theme } from '../theme.js';
import { durationText, failed } from './rowWords.js';

export interface PaintedRow {
  readonly row: SpanRow;
  /** Top of the row in the canvas. */
  readonly y: number;
  /** A sticky row covers what is below it. */
  readonly sticky?: boolean;
}

export interface BarScene {
  readonly rows: readonly PaintedRow[];
  readonly ticks: readonly Tick[];
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rowPx: number;
  readonly now: number;
  readonly criticalPath: boolean;
  /** Durations beside the bars, where the column is hidden. */
  readonly labels: boolean;
  readonly hoverX: number | null;
  /** A range that is being dragged, in pixels. */
  readonly range: readonly [number, number] | null;
  readonly ratio: number;
}

const barPx = 10;

export class BarPainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly stripes = new Map<string, CanvasPattern | string>();
  private readonly labelWidths = new Map<string, number>();

  constructor(
    readonly canvas: HTMLCanvasElement,
    private theme: Theme,
  ) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser draws no canvas');
    this.context = context;
  }

  useTheme(theme: Theme): void {
    this.theme = theme;
    this.stripes.clear();
    this.labelWidths.clear();
  }

  paint(scene: BarScene): void {
    const { canvas, context } = this;
    const width = Math.round(scene.widthPx * scene.ratio);
    const height = Math.round(scene.heightPx * scene.ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${scene.widthPx}px`;
      canvas.style.height = `${scene.heightPx}px`;
    }
    context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
    context.clearRect(0, 0, scene.widthPx, scene.heightPx);
    this.paintGrid(scene, 0, scene.heightPx);
    for (const painted of scene.rows) if (!painted.sticky) this.paintRow(painted, scene);
    for (const painted of scene.rows) {
      if (!painted.sticky) continue;
      context.clearRect(0, painted.y, scene.widthPx, scene.rowPx);
      this.paintGrid(scene, painted.y, scene.rowPx);
      this.paintRow(painted, scene);
    }
    this.paintPointer(scene);
  }

  private paintGrid(scene: BarScene, y: number, height: number): void {
    this.context.fillStyle = this.theme.line;
    for (const tick of scene.ticks) this.context.fillRect(Math.round(tick.x), y, 1, height);
  }

  private paintRow({ row, y }: PaintedRow, scene: BarScene): void {
    if (row.placeholder) return;
    const bar = barOf(row, scene.window, scene.widthPx, scene.now);
    const middle = y + scene.rowPx / 2;
    if (bar === 'before' || bar === 'after') {
      this.paintOutside(bar, middle, scene.widthPx);
      return;
    }
    const colour = failed(row) ? this.theme.error : this.theme.layers[row.layer];
    this.paintBody(row, bar, middle - barPx / 2, colour);
    if (failed(row)) this.paintCross(bar, middle, scene.widthPx);
    if (row.critical && scene.criticalPath) {
      this.context.fillStyle = this.theme.warning;
      this.context.fillRect(bar.x, middle + barPx / 2 + 1, bar.width, 2);
    }
    this.paintMarks(bar, middle);
    if (scene.labels) this.paintLabel(row, bar, middle, scene);
  }

  private paintBody(row: SpanRow, bar: Bar, top: number, colour: string): void {
    const { context } = this;
    if (bar.running) {
      context.fillStyle = this.stripesOf(colour);
      context.fillRect(bar.x, top, bar.width, barPx);
      context.strokeStyle = colour;
      context.strokeRect(bar.x + 0.5, top + 0.5, Math.max(1, bar.width - 1), barPx - 1);
      return;
    }
    const split = bar.segments.length > 0;
    context.fillStyle = colour;
    context.globalAlpha = row.group ? 0.25 : split || frames(row) ? 0.38 : 0.92;
    roundBar(context, bar.x, top, bar.width, barPx);
    context.globalAlpha = 1;
    if (split) this.paintSegments(row, bar, top, colour);
  }

  private paintSegments(row: SpanRow, bar: Bar, top: number, colour: string): void {
    const { context, theme } = this;
    // Between client and server the server's part has the server's colour; elsewhere own time is
    // strong and the time of children is faint.
    const between = row.layer === 'wire' || row.layer === 'mcp-client' || row.layer === 'tool';
    const inner = between && !failed(row) ? theme.layers['mcp-server'] : colour;
    for (const segment of bar.segments) {
      if (segment.kind === 'wire' || (segment.kind === 'children' && !between)) continue;
      if (segment.kind === 'wait' || segment.kind === 'gap') {
        // Waiting is a thin line: time passes and nothing is done.
        context.clearRect(segment.x, top, segment.width, barPx);
        context.fillStyle = colour;
        context.globalAlpha = 0.6;
        context.fillRect(segment.x, top + barPx / 2 - 1, segment.width, 2);
      } else {
        context.fillStyle = inner;
        context.globalAlpha =
          segment.kind === 'children' ? 0.55 : segment.kind === 'server' ? 0.75 : 0.95;
        context.fillRect(segment.x, top, segment.width, barPx);
      }
      context.globalAlpha = 1;
    }
  }

  /** An error is a cross as well as a colour. */
  private paintCross(bar: Bar, middle: number, widthPx: number): void {
    const { context, theme } = this;
    const fits = bar.x + bar.width + 11 < widthPx;
    const x = fits ? bar.x + bar.width + 6.5 : Math.max(7, bar.x - 6.5);
    context.strokeStyle = theme.error;
    context.lineWidth = 1.6;
    context.beginPath();
    context.moveTo(x - 3, middle - 3);
    context.lineTo(x + 3, middle + 3);
    context.moveTo(x + 3, middle - 3);
    context.lineTo(x - 3, middle + 3);
    context.stroke();
    context.lineWidth = 1;
  }

  private paintMarks(bar: Bar, middle: number): void {
    const { context, theme } = this;
    for (const x of bar.marks) {
      context.fillStyle = theme.background;
      diamond(context, x, middle, 4.5);
      context.fillStyle = theme.foreground;
      diamond(context, x, middle, 3);
    }
  }

  private paintLabel(row: SpanRow, bar: Bar, middle: number, scene: BarScene): void {
    const { context, theme } = this;
    context.font = theme.font;
    const text = durationText(row, scene.now);
    const place = placeLabel(
      { x: bar.x, width: bar.width + (failed(row) ? 12 : 0) },
      this.widthOf(text),
      scene.widthPx,
    );
    if (!place) return;
    context.fillStyle = place.inside ? theme.background : theme.dim;
    context.textBaseline = 'middle';
    context.fillText(text, place.x, middle + 0.5);
  }

  private widthOf(text: string): number {
    let width = this.labelWidths.get(text);
    if (width === undefined) {
      width = this.context.measureText(text).width;
      if (this.labelWidths.size > 2000) this.labelWidths.clear();
      this.labelWidths.set(text, width);
    }
    return width;
  }

  private paintOutside(side: 'before' | 'after', middle: number, widthPx: number): void {
    const { context, theme } = this;
    const x = side === 'before' ? 4 : widthPx - 4;
    const tip = side === 'before' ? -3 : 3;
    context.strokeStyle = theme.dim;
    context.beginPath();
    context.moveTo(x - tip / 2, middle - 3);
    context.lineTo(x + tip / 2, middle);
    context.lineTo(x - tip / 2, middle + 3);
    context.stroke();
  }

  private paintPointer(scene: BarScene): void {
    const { context, theme } = this;
    if (scene.range) {
      const [from, to] = scene.range;
      context.globalAlpha = 0.18;
      context.fillStyle = theme.focus;
      context.fillRect(Math.min(from, to), 0, Math.abs(to - from), scene.heightPx);
      context.globalAlpha = 1;
      context.fillRect(from, 0, 1, scene.heightPx);
      context.fillRect(to, 0, 1, scene.heightPx);
    } else if (scene.hoverX !== null) {
      context.globalAlpha = 0.5;
      context.fillStyle = theme.dim;
      context.fillRect(Math.round(scene.hoverX), 0, 1, scene.heightPx);
      context.globalAlpha = 1;
    }
  }

  private stripesOf(colour: string): CanvasPattern | string {
    const known = this.stripes.get(colour);
    if (known) return known;
    const tile = new OffscreenCanvas(10, 10);
    const context = tile.getContext('2d');
    if (!context) return colour;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(0, 10);
    context.lineTo(5, 10);
    context.lineTo(10, 5);
    context.lineTo(10, 0);
    context.closePath();
    context.moveTo(0, 0);
    context.lineTo(5, 0);
    context.lineTo(0, 5);
    context.closePath();
    context.fill();
    const pattern = this.context.createPattern(tile, 'repeat') ?? colour;
    this.stripes.set(colour, pattern);
    return pattern;
  }
}

/** Runs of agents and workflows are frames around what they hold: quieter than what they hold. */
function frames(row: SpanRow): boolean {
  return row.descendants > 0 && (row.layer === 'agent' || row.layer === 'workflow');
}

function roundBar(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (width < 5) {
    context.fillRect(x, y, width, height);
    return;
  }
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  context.fill();
}
