/** Draws what is in sight at once, and the rest when it comes into sight: an answer does not wait for what nobody sees. */
import { atEnd, lifetime } from './lifetime.ts';

/** @returns to be called when what is drawn has changed */
export function whenSeen(element: HTMLElement, draw: () => void): () => void {
  let [isSeen, isOld] = [false, false];
  const catchUp = () => {
    if (!isOld) return;
    isOld = false;
    draw();
  };
  const watching = new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)?.isIntersecting ?? false;
    if (isSeen) catchUp();
  });
  watching.observe(element);
  addEventListener('beforeprint', catchUp, { signal: lifetime() });
  atEnd(() => watching.disconnect());
  return () => {
    isOld = true;
    if (isSeen) catchUp();
  };
}
