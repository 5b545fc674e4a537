import { Alert, Card, CardBody, CardTitle, EmptyState } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { acts, num, Table } from '../parts/Table';
import { bytes, date, plural } from '../parts/text';
import { useToast } from '../parts/toasts';

const parts = [
  ['served', 'Images that are served', 'bd-hue-1'],
  ['former', 'Older versions', 'bd-hue-2'],
  ['withheld', 'Versions rolled back', 'bd-hue-4'],
  ['pending', 'On their way', 'bd-hue-3'],
  ['deleted', 'Deleted, can be put back', 'bd-hue-5'],
  ['unreferenced', 'Needed by nothing', 'bd-hue-5'],
  ['partials', 'Unfinished transfers', 'bd-hue-3'],
] as const;

export function StoragePage() {
  const storage = useQuery({ queryKey: keys.storage, queryFn: () => api.get<api.Storage>('storage/') });
  const deleted = useQuery({ queryKey: [...keys.storage, 'deleted'], queryFn: () => api.get<api.DeletedImage[]>('deleted-images/') });
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const refresh = () => {
    for (const key of [keys.storage, keys.images]) void client.invalidateQueries({ queryKey: key });
  };
  const collect = useMutation({
    mutationFn: () => api.post<api.Collection>('storage/op-collect'),
    onSuccess: (c) => {
      toast('success', c.bytes ? `${bytes(c.bytes)} freed` : 'Nothing was ready to go', c.waiting_bytes ? `${bytes(c.waiting_bytes)} wait until running transfers had time to end.` : undefined);
      refresh();
    },
    onError: (e) => toast('danger', 'Nothing was collected', e.message),
  });
  const restore = useMutation({
    mutationFn: (id: number) => api.post('deleted-images/', { id }),
    onSuccess: () => {
      toast('success', 'Put back');
      refresh();
    },
    onError: (e) => toast('danger', 'Not put back', e.message),
  });
  const now = storage.data;
  const total = now ? parts.reduce((sum, [name]) => sum + now[name], 0) + (now.free ?? 0) : 0;
  return (
    <Screen
      title="Storage"
      subtitle="What the stored bytes are used by. What several images share counts once."
      actions={
        <Act reason={reason} isLoading={collect.isPending} onClick={() => collect.mutate()}>
          Collect now
        </Act>
      }
    >
      {!now ? (
        <Loading query={storage} what="Storage" />
      ) : (
        <>
          {now.level !== 'ok' && (
            <Alert isInline variant="warning" title="Room is getting scarce">
              Less than {bytes(now.low_below)} are free. Delete images, keep fewer versions, or give the region more room.
            </Alert>
          )}
          {now.damaged_blobs > 0 && <Alert isInline variant="danger" title={`${plural(now.damaged_blobs, 'file')} on the disk were found damaged`} />}
          <Card>
            <CardBody>
              <div className="bd-meter" role="img" aria-label={`${bytes(now.used)} used, ${bytes(now.free)} free`}>
                {parts.map(([name, , hue]) => now[name] > 0 && <span key={name} className={hue} style={{ width: `${(now[name] / total) * 100}%` }} />)}
              </div>
              <dl className="bd-facts bd-storage">
                {parts.map(([name, words, hue]) => (
                  <div key={name}>
                    <dt>
                      <span className={`bd-key ${hue}`} />
                      {words}
                    </dt>
                    <dd>{bytes(now[name])}</dd>
                  </div>
                ))}
                <div>
                  <dt>Free</dt>
                  <dd>{now.free === null ? 'no limit known' : bytes(now.free)}</dd>
                </div>
                <div>
                  <dt>Would be freed by itself</dt>
                  <dd>{bytes(now.reclaimable)}</dd>
                </div>
              </dl>
            </CardBody>
          </Card>
        </>
      )}
      <Card>
        <CardTitle component="h2">Deleted versions</CardTitle>
        <CardBody>
          {!deleted.data ? (
            <Loading query={deleted} what="Deleted versions" />
          ) : deleted.data.length === 0 ? (
            <EmptyState titleText="None that could be put back" headingLevel="h3" variant="xs" />
          ) : (
            <Table label="Deleted versions table" columns={['Image', 'Version', 'Why', 'Until', num('Size'), acts]}>
              {deleted.data.map((d) => (
                <tr key={d.id}>
                  <td>
                    {d.name}
                    <span className="bd-small">{d.architecture}</span>
                  </td>
                  <td>{d.version}</td>
                  <td>
                    {d.reason} {d.deleted_by && `by ${d.deleted_by}`}
                    <span className="bd-small">{date(d.deleted_at)}</span>
                  </td>
                  <td>{date(d.until)}</td>
                  <td className="bd-num">{bytes(d.size)}</td>
                  <td className="bd-acts">
                    <Act variant="link" isInline reason={reason} aria-label={`Put back ${d.name} ${d.version}`} onClick={() => restore.mutate(d.id)}>
                      Put back
                    </Act>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </CardBody>
      </Card>
    </Screen>
  );
}
