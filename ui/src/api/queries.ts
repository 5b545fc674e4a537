import { useQuery, useQueryClient, type Query } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import * as api from './client';
import { imagesHaveChanged } from './early';

export const keys = {
  session: ['session'],
  images: ['images'],
  /** Parts of one image; follows the list, so live events need not refresh it. */
  image: ['image'],
  offers: ['offers'],
  sources: ['sources'],
  sourceStates: ['source-states'],
  imports: ['imports'],
  current: ['imports', 'current'],
  uploads: ['uploads'],
  conversions: ['conversions'],
  events: ['events'],
  users: ['users'],
  tokens: ['tokens'],
  settings: ['settings'],
  storage: ['storage'],
  racks: ['racks'],
  copies: ['copies'],
  retention: ['retention'],
  streamKeys: ['stream-keys'],
  views: ['views'],
} as const;

export const useImages = () => useQuery({ queryKey: keys.images, queryFn: () => api.get<api.Image[]>('images/') });
export const useSources = () => useQuery({ queryKey: keys.sources, queryFn: () => api.get<api.Source[]>('boot-sources/') });
export const useSourceStates = () =>
  useQuery({ queryKey: keys.sourceStates, queryFn: () => api.get<api.SourceState[]>('boot-source-states/') });
export const useImports = () => useQuery({ queryKey: keys.imports, queryFn: () => api.get<api.ImportRun[]>('imports/') });
/** Racks are heard of without the catalogue changing, so whoever shows their states asks again by itself. */
export const useRacks = (refetchInterval?: number) => useQuery({ queryKey: keys.racks, queryFn: () => api.get<api.Rack[]>('racks/'), refetchInterval });
export const useUploads = () => useQuery({ queryKey: keys.uploads, queryFn: () => api.get<api.Upload[]>('uploads/') });
export const useSetting = <T>(name: string) =>
  useQuery({ queryKey: [...keys.settings, name], queryFn: () => api.get<T>(`maas/?op=get_config&name=${name}`) });

/** An image on its way, as live events tell. */
export interface LiveImage {
  image: string;
  size: number;
  received: number;
  state: 'queued' | 'fetching' | 'waiting' | 'stored' | 'failed';
  code?: string;
  reason?: string;
  retry_at?: string;
}

export interface LiveImport {
  id: number;
  state: string;
  phase: string;
  planned_bytes: number;
  received_bytes: number;
  planned_sets: number;
  published_sets: number;
  problems: number;
  images: LiveImage[];
}

export interface Live {
  connected: boolean;
  import?: LiveImport;
}

export const LiveContext = createContext<Live>({ connected: true });
export const useLive = () => useContext(LiveContext);

/** Listens to the region's events; refreshes what is shown when the catalogue changed, at most every two seconds. */
export function useLiveFeed(enabled: boolean): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ connected: true });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!enabled) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource('/MAAS/live/');
    let catalog: number | undefined;
    let wanted = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      if (timer) {
        wanted = true;
        return;
      }
      const concerned = { predicate: (q: Query) => !['session', 'plan', 'image'].includes(String(q.queryKey[0])) };
      // A first answer that is under way is not asked for again, and may be of the time before.
      const first = client.getQueryCache().findAll(concerned).filter((q) => q.state.data === undefined && q.state.fetchStatus === 'fetching');
      void client.invalidateQueries(concerned);
      for (const { queryKey } of first) void client.invalidateQueries({ queryKey, exact: true }).then(() => client.invalidateQueries({ queryKey, exact: true }));
      timer = setTimeout(() => {
        timer = undefined;
        if (wanted) {
          wanted = false;
          refresh();
        }
      }, 2000);
    };
    source.onopen = () => {
      setLive((now) => ({ ...now, connected: true }));
      // What happened while nobody listened.
      if (catalog !== undefined) refresh();
    };
    source.onerror = () => {
      setLive((now) => ({ ...now, connected: false }));
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused, not cut off: the browser tries no more. Perhaps the session has ended.
      void client.invalidateQueries({ queryKey: keys.session });
      again = setTimeout(() => setAttempt((n) => n + 1), 3000);
    };
    source.onmessage = (event) => {
      const state = JSON.parse(event.data as string) as { catalog: number; import?: LiveImport };
      if (catalog !== undefined && catalog !== state.catalog) refresh();
      if (catalog === undefined) void imagesHaveChanged().then((changed) => changed && refresh(), () => {});
      catalog = state.catalog;
      setLive((before) => {
        if (before.import?.phase !== 'ended' && state.import?.phase === 'ended') refresh();
        return { connected: true, import: state.import };
      });
    };
    return () => {
      source.close();
      clearTimeout(timer);
      clearTimeout(again);
    };
  }, [client, enabled, attempt]);
  return live;
}
