import { useRef } from 'react';

/**
 * Which element shows which line of a long list, so that elements stay while lines come and go: to give an element another line costs a
 * tenth of making one. Scrolling by little moves the elements that left one end to the other; scrolling by more than what is
 * in view keeps them all in place.
 */
export function useSlots(first: number, last: number): (line: number) => number {
  const seen = useRef({ first, last, shift: 0, count: 1 });
  const now = seen.current;
  if (first > now.last || last < now.first) now.shift += now.first - first;
  now.first = first;
  now.last = last;
  now.count = Math.max(now.count, last - first + 1);
  const { shift, count } = now;
  return (line) => (((line + shift) % count) + count) % count;
}
