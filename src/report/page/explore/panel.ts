/** A panel: drawn again when the filter or the selected run has changed. */
export interface ExplorePanel {
  readonly element: HTMLElement;
  draw(): void;
  dispose(): void;
}
