import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import * as tus from 'tus-js-client';
import { proofHeaders } from '../api/client';
import { keys } from '../api/queries';

/** An upload that this page sends. */
export interface Sending {
  id: number;
  name: string;
  file: string;
  size: number;
  sent: number;
  /** Bytes per second over the last seconds. */
  rate: number;
  phase: 'sending' | 'paused' | 'checking' | 'done' | 'failed';
  uri?: string;
  code?: string;
  reason?: string;
  resumedAt?: number;
}

export interface Wish {
  file: File;
  metadata: Record<string, string>;
}

interface Engine {
  all: Sending[];
  start: (wish: Wish) => Promise<void>;
  pause: (id: number) => void;
  resume: (id: number) => void;
  cancel: (id: number) => Promise<void>;
  forget: (id: number) => void;
}

const Context = createContext<Engine>(null!);
export const useUploadEngine = () => useContext(Context);

let next = 1;
const fingerprint = (file: File) => Promise.resolve(`bootdepot:${file.name}:${file.size}:${file.lastModified}`);

/** Sends uploads, whatever screen is shown: they go on while the person looks elsewhere, and after a reload from where they were. */
export function UploadEngine({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [all, setAll] = useState<Sending[]>([]);
  const uploads = useRef(new Map<number, tus.Upload>());
  const change = useCallback((id: number, by: Partial<Sending>) => setAll((now) => now.map((s) => (s.id === id ? { ...s, ...by } : s))), []);
  const refresh = useCallback(() => {
    for (const key of [keys.uploads, keys.images, keys.conversions]) void client.invalidateQueries({ queryKey: key });
  }, [client]);

  const start = useCallback(
    async ({ file, metadata }: Wish) => {
      const id = next++;
      const marks: [at: number, sent: number][] = [];
      const upload = new tus.Upload(file, {
        endpoint: '/MAAS/uploads/',
        metadata: { ...metadata, filename: file.name },
        fingerprint,
        retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000],
        removeFingerprintOnSuccess: true,
        onBeforeRequest: (request) => {
          for (const [name, value] of Object.entries(proofHeaders())) request.setHeader(name, value);
        },
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          // A full disk is emptied by people, who have to hear of it first.
          return status === 0 || (status >= 500 && status !== 507) || status === 409 || status === 423;
        },
        onProgress: (sent, size) => {
          const now = performance.now();
          marks.push([now, sent]);
          while (marks.length > 2 && now - marks[0]![0] > 5000) marks.shift();
          const [at, before] = marks[0]!;
          change(id, { sent, rate: now > at ? ((sent - before) / (now - at)) * 1000 : 0, phase: sent === size ? 'checking' : 'sending' });
        },
        onUploadUrlAvailable: () => change(id, { uri: upload.url ?? undefined }),
        onSuccess: () => {
          change(id, { phase: 'done', sent: file.size });
          uploads.current.delete(id);
          refresh();
        },
        onError: (error) => {
          const response = 'originalResponse' in error ? error.originalResponse : null;
          change(id, {
            phase: 'failed',
            code: response?.getHeader('X-Error-Code') ?? (response ? String(response.getStatus()) : 'unreachable'),
            reason: reasonOf(response) ?? 'The region does not answer. Resume when it does; what was sent stays.',
          });
          refresh();
        },
      });
      setAll((now) => [...now, { id, name: metadata.name ?? file.name, file: file.name, size: file.size, sent: 0, rate: 0, phase: 'sending' }]);
      uploads.current.set(id, upload);
      const before = (await upload.findPreviousUploads()).find((p) => p.metadata.name === metadata.name);
      if (before) {
        upload.resumeFromPreviousUpload(before);
        change(id, { resumedAt: Date.now() });
      }
      upload.start();
    },
    [change, refresh],
  );
  const pause = useCallback(
    (id: number) => {
      void uploads.current.get(id)?.abort();
      change(id, { phase: 'paused', rate: 0 });
    },
    [change],
  );
  const resume = useCallback(
    (id: number) => {
      change(id, { phase: 'sending', code: undefined, reason: undefined });
      uploads.current.get(id)?.start();
    },
    [change],
  );
  const forget = useCallback((id: number) => {
    uploads.current.delete(id);
    setAll((now) => now.filter((s) => s.id !== id));
  }, []);
  const cancel = useCallback(
    async (id: number) => {
      await uploads.current.get(id)?.abort(true).catch(() => undefined);
      forget(id);
      refresh();
    },
    [forget, refresh],
  );
  const busy = all.some((s) => s.phase === 'sending' || s.phase === 'checking');
  useEffect(() => {
    if (!busy) return;
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [busy]);
  return <Context.Provider value={{ all, start, pause, resume, cancel, forget }}>{children}</Context.Provider>;
}

function reasonOf(response: tus.HttpResponse | null): string | undefined {
  const body = response?.getBody();
  if (!body) return undefined;
  try {
    return Object.values(JSON.parse(body) as Record<string, string[]>)
      .flat()
      .join(' ');
  } catch {
    return body;
  }
}
