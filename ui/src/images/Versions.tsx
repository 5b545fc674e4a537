import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import { ThumbtackIcon } from '@patternfly/react-icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading } from '../parts/Screen';
import { acts, num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { bytes, date } from '../parts/text';
import { useToast } from '../parts/toasts';
import type { Row } from './rows';

const colors: Record<string, 'green' | 'blue' | 'orange' | 'grey'> = { served: 'green', former: 'grey', withheld: 'orange', incomplete: 'blue' };

/** Every version held, and what can be done with it without moving a byte. */
export function Versions({ row }: { row: Row }) {
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const query = new URLSearchParams({ image: row.name, architecture: row.arch });
  const versions = useQuery({ queryKey: [...keys.images, 'versions', row.key], queryFn: () => api.get<api.ImageVersion[]>(`image-versions/?${query.toString()}`) });
  const act = useMutation({
    mutationFn: ({ op, version }: { op: string; version: api.ImageVersion }) =>
      api.post(`image-versions/op-${op}`, { image: String(version.resource_id), version: version.version }),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.images }),
    onError: (e) => toast('danger', 'Nothing was changed', e.message),
  });
  if (!versions.data) return <Loading query={versions} what="Its versions" />;
  return (
    <Card>
      <CardTitle component="h2">Versions</CardTitle>
      <CardBody>
        <Table label="Versions table" columns={['Version', 'Kernel', 'State', 'Label', 'Completed', num('Size'), acts]}>
          {versions.data.map((v) => {
            const button = (op: string, word: string) => (
              <Act variant="link" isInline reason={reason} aria-label={`${word} ${v.version} ${v.architecture}`} onClick={() => act.mutate({ op, version: v })}>
                {word}
              </Act>
            );
            return (
              <tr key={`${v.resource_id} ${v.version}`}>
                <td>
                  {v.version}{' '}
                  {v.pinned && (
                    <Tag filled icon={<ThumbtackIcon />}>
                      pinned
                    </Tag>
                  )}
                </td>
                <td>{v.architecture}</td>
                <td>
                  <Tag color={colors[v.state] ?? 'grey'}>
                    {v.state}
                  </Tag>
                </td>
                <td>{v.label}</td>
                <td>{date(v.completed_at)}</td>
                <td className="bd-num">{bytes(v.size)}</td>
                <td className="bd-acts">
                  {v.state !== 'incomplete' && (v.pinned ? button('unpin', 'Unpin') : button('pin', 'Pin'))} {v.state === 'former' && button('rollback', 'Roll back to')}
                  {(v.state === 'withheld' || v.label === 'candidate') && button('promote', 'Promote')}
                </td>
              </tr>
            );
          })}
        </Table>
      </CardBody>
    </Card>
  );
}
