import type { Image, Upload } from '../api/client';
import type { LiveImage } from '../api/queries';
import { osName, splitName } from '../parts/text';

/** An image with what is happening to it this very moment. */
export interface Row extends Image {
  os: string;
  release: string;
  /** What is shown: the server's status, or what live events say instead. */
  state: string;
  why: string | null;
  whyCode: string | null;
  percent?: number;
  retryAt?: string;
}

export interface Group {
  os: string;
  title: string;
  rows: Row[];
}

export const stateWords: Record<string, string> = {
  ready: 'Ready',
  'update-available': 'Update available',
  waiting: 'Waiting for download',
  queued: 'Queued',
  downloading: 'Downloading',
  retrying: 'Waiting to retry',
  failed: 'Failed',
  withdrawn: 'No longer offered',
  'not-offered': 'Not offered',
  'not-selected': 'No longer selected',
  'source-disabled': 'Source disabled',
  'upload-incomplete': 'Upload incomplete',
  converting: 'Converting',
  refused: 'Refused',
};

const liveStates: Record<string, string> = { queued: 'queued', fetching: 'downloading', waiting: 'retrying', failed: 'failed' };

/** Joins what the server says of images with what is happening now. */
export function rowsOf(images: Image[], live: LiveImage[], uploads: Upload[]): Row[] {
  const liveOf = new Map(live.map((l) => [l.image, l]));
  const uploadOf = new Map(uploads.filter((u) => u.resource_id !== undefined && u.state !== 'complete').map((u) => [u.resource_id, u]));
  return images.map((image) => {
    const [os, release] = image.bootloader ? ['boot-loaders', image.name] : splitName(image.name);
    const row: Row = { ...image, os, release, state: image.status, why: image.reason, whyCode: image.code };
    const now = image.kind === 'synced' ? liveOf.get(`${image.name}:${image.arch}`) : undefined;
    if (now && liveStates[now.state]) {
      row.state = liveStates[now.state]!;
      row.percent = now.size ? (now.received / now.size) * 100 : 0;
      row.why = now.reason ?? (now.state === 'queued' ? 'It waits for its turn in the running import.' : null);
      row.whyCode = now.code ?? null;
      row.retryAt = now.retry_at;
    }
    const upload = image.kind === 'uploaded' ? image.resources.map((id) => uploadOf.get(id)).find((u) => u) : undefined;
    if (upload && image.version === null) {
      row.state = upload.state === 'incomplete' ? 'upload-incomplete' : upload.state;
      row.percent = upload.state === 'incomplete' && upload.size ? (upload.received / upload.size) * 100 : undefined;
      row.why = upload.reason ?? null;
      row.whyCode = upload.code ?? null;
    }
    return row;
  });
}

/** Ubuntu first, what was uploaded without an operating system and boot loaders last. */
export function groupsOf(rows: Row[]): Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.os);
    if (group) group.push(row);
    else groups.set(row.os, [row]);
  }
  const rank = (os: string) => (os === 'ubuntu' ? 0 : os === 'custom' ? 2 : os === 'boot-loaders' ? 3 : 1);
  return [...groups.entries()]
    .map(([os, all]) => ({ os, title: os === 'boot-loaders' ? 'Boot loaders' : osName(os), rows: all }))
    .sort((a, b) => rank(a.os) - rank(b.os) || a.title.localeCompare(b.title));
}

export type SortKey = 'title' | 'arch' | 'size' | 'version' | 'state';

export function sorted(rows: Row[], key: SortKey, down: boolean): Row[] {
  const value = (r: Row): string | number => {
    if (key === 'size') return r.size;
    if (key === 'arch') return r.arch;
    if (key === 'version') return r.updated ?? '';
    return key === 'state' ? (stateWords[r.state] ?? r.state) : titleOf(r);
  };
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x < y ? -sign : x > y ? sign : a.key < b.key ? -1 : 1;
  });
}

export const titleOf = (row: { title: string; release?: string; name: string }) => row.title || row.release || row.name;

/** Rows on their way must not be touched. */
export const isBusy = (row: Row) => row.state === 'downloading' || row.state === 'queued' || row.state === 'retrying';
