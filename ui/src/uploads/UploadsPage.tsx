import { Alert, Button, Card, CardBody, EmptyState, EmptyStateBody, Progress } from '@patternfly/react-core';
import { CheckCircleIcon, ExclamationCircleIcon, ExclamationTriangleIcon, SyncAltIcon, UploadIcon } from '@patternfly/react-icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useUploads } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { acts, num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { bytes, date, duration } from '../parts/text';
import { useToast } from '../parts/toasts';
import { useUploadEngine, type Sending } from './engine';
import { UploadPanel } from './UploadPanel';

export function UploadsPage() {
  const uploads = useUploads();
  const engine = useUploadEngine();
  const reason = useAdminReason();
  const [params, setParams] = useSearchParams();
  const [panel, setPanel] = useState<File[] | undefined>(params.has('new') && !reason ? [] : undefined);
  const [over, setOver] = useState(false);
  // Files may be dropped anywhere on this screen.
  useEffect(() => {
    if (reason) return;
    const isFiles = (e: DragEvent) => e.dataTransfer?.types.includes('Files');
    const drag = (e: DragEvent) => {
      if (!isFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (!e.relatedTarget) setOver(false);
    };
    const drop = (e: DragEvent) => {
      if (!isFiles(e)) return;
      e.preventDefault();
      setOver(false);
      setPanel([...e.dataTransfer!.files]);
    };
    addEventListener('dragover', drag);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', drag);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [reason]);
  const mine = new Set(engine.all.filter((s) => s.phase !== 'done').map((s) => s.uri && new URL(s.uri, location.href).pathname));
  const rest = (uploads.data ?? []).filter((u) => !mine.has(u.uri));
  return (
    <Screen
      title="Uploads"
      subtitle="Images of your own. Uploads go on after a cut, a reload or a restart from the byte where they stopped."
      actions={
        <Act icon={<UploadIcon />} reason={reason} onClick={() => setPanel([])}>
          Upload custom image
        </Act>
      }
    >
      {engine.all.map((s) => (
        <SendingCard key={s.id} sending={s} />
      ))}
      {uploads.data === undefined ? (
        <Loading query={uploads} what="Uploads" />
      ) : rest.length === 0 && engine.all.length === 0 ? (
        <EmptyState titleText="No uploads yet" headingLevel="h2">
          <EmptyStateBody>Drop a file anywhere on this screen: a root file system, a disk image, or a virtual disk to be converted.</EmptyStateBody>
        </EmptyState>
      ) : (
        rest.length > 0 && <UploadTable uploads={rest} onResume={() => setPanel([])} reason={reason} />
      )}
      {over && <div className="bd-overlay">Drop to upload</div>}
      {panel && (
        <UploadPanel
          key={panel.map((f) => f.name).join('/')}
          files={panel}
          onClose={() => {
            setPanel(undefined);
            setParams({}, { replace: true });
          }}
        />
      )}
    </Screen>
  );
}

function SendingCard({ sending: s }: { sending: Sending }) {
  const engine = useUploadEngine();
  const percent = s.size ? Math.floor((s.sent / s.size) * 100) : 0;
  const words = {
    sending: s.rate ? `${bytes(s.sent)} of ${bytes(s.size)} · ${bytes(s.rate)}/s · ${duration((s.size - s.sent) / s.rate)} left` : `${bytes(s.sent) === '—' ? '0 B' : bytes(s.sent)} of ${bytes(s.size)}`,
    paused: `Paused at ${bytes(s.sent)} of ${bytes(s.size)}`,
    checking: 'All bytes are there; the region looks into the file',
    done: 'Complete',
    failed: s.reason ?? 'Failed',
  }[s.phase];
  return (
    <Card isCompact aria-label={`Upload of ${s.file}`}>
      <CardBody>
        <Progress
          title={`${s.name} (${s.file})`}
          value={percent}
          variant={s.phase === 'failed' ? 'danger' : s.phase === 'done' ? 'success' : undefined}
          aria-label={`Upload of ${s.file}`}
        />
        <p className="bd-small" role={s.phase === 'failed' ? 'alert' : undefined}>
          {words} {s.code && <span className="bd-code">{s.code}</span>} {s.resumedAt && s.phase === 'sending' && '· resumed'}
        </p>
        {s.phase === 'sending' && (
          <Button variant="link" isInline onClick={() => engine.pause(s.id)}>
            Pause
          </Button>
        )}
        {(s.phase === 'paused' || s.phase === 'failed') && (
          <Button variant="link" isInline onClick={() => engine.resume(s.id)}>
            Resume
          </Button>
        )}{' '}
        {s.phase !== 'done' && s.phase !== 'checking' && (
          <Button variant="link" isInline isDanger onClick={() => void engine.cancel(s.id)}>
            Cancel upload
          </Button>
        )}
        {s.phase === 'done' && (
          <Button variant="link" isInline onClick={() => engine.forget(s.id)}>
            Hide
          </Button>
        )}
      </CardBody>
    </Card>
  );
}

const looks = {
  complete: ['green', 'Complete', <CheckCircleIcon key="i" />],
  incomplete: ['orange', 'Incomplete', <ExclamationTriangleIcon key="i" />],
  converting: ['blue', 'Converting', <SyncAltIcon key="i" />],
  refused: ['red', 'Refused', <ExclamationCircleIcon key="i" />],
  failed: ['red', 'Failed', <ExclamationCircleIcon key="i" />],
} as const;

interface Warning {
  code: string;
  message?: string;
}

function UploadTable({ uploads, onResume, reason }: { uploads: api.Upload[]; onResume: () => void; reason?: string }) {
  const client = useQueryClient();
  const toast = useToast();
  const converting = uploads.some((u) => u.state === 'converting');
  const conversions = useQuery({
    queryKey: keys.conversions,
    queryFn: () => api.get<api.Conversion[]>('conversions/'),
    enabled: converting,
    // Their progress is not in the catalogue, so no event tells of it.
    refetchInterval: converting ? 1000 : false,
  });
  const discard = useMutation({
    mutationFn: async (u: api.Upload) => {
      const response = await fetch(u.uri, { method: 'DELETE', headers: { ...(u.uri.startsWith('/MAAS/uploads/') ? { 'Tus-Resumable': '1.0.0' } : {}), ...api.proofHeaders() } });
      if (!response.ok) throw new Error(await response.text());
    },
    onSettled: () => {
      for (const key of [keys.uploads, keys.images]) void client.invalidateQueries({ queryKey: key });
    },
    onError: (e) => toast('danger', 'Not discarded', e.message),
  });
  const stop = useMutation({
    mutationFn: (id: number) => api.post(`conversions/${id}/op-stop`),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.uploads }),
    onError: (e) => toast('danger', 'Not stopped', e.message),
  });
  return (
    <Table label="Uploads table" columns={['Image', 'Found', num('Size'), 'State', 'Begun', acts]}>
      {uploads.map((u) => {
        const [color, word, icon] = looks[u.state as keyof typeof looks] ?? ['grey', u.state, undefined];
        const conversion = u.state === 'converting' ? conversions.data?.find((c) => c.id === u.conversion_id) : undefined;
        return (
          <tr key={u.uri}>
            <td>
              {u.resource_id !== undefined ? <Link to={`/images/${encodeURIComponent(`uploaded:${u.name}:${u.architecture.split('/')[0]}`)}`}>{u.name}</Link> : u.name}
              <span className="bd-small">{u.architecture}</span>
            </td>
            <td>
              {u.found ?? '—'}
              {(u.warnings as Warning[]).map((w) => (
                <Alert key={w.code} isInline isPlain variant="warning" title={w.message ?? w.code} />
              ))}
            </td>
            <td className="bd-num">{bytes(u.size)}</td>
            <td>
              <Tag color={color} icon={icon}>
                {word}
              </Tag>
              {u.state === 'incomplete' && <Progress aria-label={`Received of ${u.name}`} size="sm" value={u.size ? Math.floor((u.received / u.size) * 100) : 0} />}
              {conversion && <Progress aria-label={`Conversion of ${u.name}`} size="sm" value={Math.floor(conversion.progress ?? 0)} title={conversion.stage ?? conversion.state} />}
              {u.reason && (
                <span className="bd-small">
                  {u.reason} {u.code && <span className="bd-code">{u.code}</span>}
                </span>
              )}
            </td>
            <td>{date(u.created)}</td>
            <td className="bd-acts">
              {u.state === 'incomplete' && (
                <Act variant="link" isInline reason={reason} onClick={onResume} aria-label={`Resume ${u.name}`}>
                  Resume
                </Act>
              )}{' '}
              {conversion && (
                <Act variant="link" isInline reason={reason} onClick={() => stop.mutate(conversion.id)}>
                  Stop
                </Act>
              )}{' '}
              {(u.state === 'incomplete' || u.state === 'refused') && (
                <Act variant="link" isInline isDanger reason={reason} onClick={() => discard.mutate(u)} aria-label={`Discard ${u.name}`}>
                  Discard
                </Act>
              )}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
