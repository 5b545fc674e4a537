import { useSyncExternalStore } from 'react';

/** Whether a media query fits, now and whenever that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (then) => {
      const media = matchMedia(query);
      media.addEventListener('change', then);
      return () => media.removeEventListener('change', then);
    },
    () => matchMedia(query).matches,
  );
}
