/** How wide texts are, without a layout: each is measured once a theme. */
const mostKnown = 4000;

export class TextWidths {
  private readonly context = new OffscreenCanvas(1, 1).getContext('2d');
  private readonly known = new Map<string, number>();

  /** px; 0 where nothing can be measured. */
  of(text: string, font: string): number {
    const key = `${font}\n${text}`;
    let width = this.known.get(key);
    if (width === undefined && this.context) {
      this.context.font = font;
      width = this.context.measureText(text).width;
      if (this.known.size >= mostKnown) this.known.clear();
      this.known.set(key, width);
    }
    return width ?? 0;
  }
}
