const root = '/MAAS/api/2.0/';
const patience = 10_000;

// Asked for before the program is there; each answer is used once, by whoever asks first, and soon.
const answers = new Map<string, Promise<Response>>();
let images: Promise<Response> | undefined;

/** Asks who is signed in, and for the images when these will be shown. */
export function begin() {
  const session = fetch(root + 'session/', { credentials: 'same-origin' });
  answers.set('session/', session);
  if (['/MAAS/', '/MAAS/r/images'].includes(location.pathname)) {
    images = session
      .then(async (answer) => (answer.ok && ((await answer.clone().json()) as { username?: string | null }).username ? true : Promise.reject(new Error('Nobody is signed in.'))))
      .then(() => fetch(root + 'images/', { credentials: 'same-origin' }));
    answers.set('images/', images);
  }
  // Whoever takes one asks anew when it failed; nobody may come.
  for (const answer of answers.values()) answer.catch(() => {});
}

/** The answer that is on its way; nothing when there is none, or it failed. */
export async function takeOrNothing(path: string): Promise<Response | undefined> {
  const answer = performance.now() < patience ? answers.get(path) : undefined;
  answers.delete(path);
  return answer?.catch(() => undefined);
}

/** Whether the images may be others by now than those that are shown: nobody listened for changes when they were asked for. */
export async function imagesHaveChanged(): Promise<boolean> {
  const tag = (await images?.catch(() => undefined))?.headers.get('ETag');
  images = undefined;
  if (!tag) return true;
  const answer = await fetch(root + 'images/', { credentials: 'same-origin', cache: 'no-store', headers: { 'If-None-Match': tag } });
  return answer.status !== 304;
}
