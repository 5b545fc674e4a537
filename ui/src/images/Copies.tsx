import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { ago, date } from '../parts/text';
import { CopyState, heldOf } from '../racks/CopyState';
import type { Row } from './rows';

/** How many racks have each image; asked for when it can be shown. */
export const useCopies = (enabled: boolean) =>
  useQuery({
    queryKey: keys.copies,
    enabled,
    queryFn: async () => new Map((await api.get<api.ImageCopies[]>('image-copies/')).map((c) => [c.image, c])),
  });

/** How an image stands on the racks, in a few words; nothing when no rack wants it. */
export function CopiesWord({ copies }: { copies?: api.ImageCopies }) {
  if (!copies) return null;
  const { racks, synced, failed } = copies;
  return (
    <span className="bd-small">
      {failed > 0 ? `Failed on ${failed} of ${racks} racks` : synced < racks ? `Distributing: on ${synced} of ${racks} racks` : racks === 1 ? 'On 1 rack' : `On all ${racks} racks`}
    </span>
  );
}

/** Each rack and what it has of this image. */
export function CopiesCard({ row }: { row: Row }) {
  const image = `${row.name}:${row.arch}`;
  const copies = useQuery({
    queryKey: [...keys.copies, image],
    queryFn: () => api.get<api.ImageCopiesOfRack[]>(`image-copies/?op=of_racks&image=${encodeURIComponent(image)}`),
  });
  if (!copies.data?.length) return null;
  return (
    <Card>
      <CardTitle component="h2">Racks</CardTitle>
      <CardBody>
        <Table label="Racks that have it" columns={['Rack', 'State', 'Last contact']}>
          {copies.data.map((rack) => (
            <tr key={rack.system_id}>
              <td>
                <Link to={`/racks/${rack.system_id}`}>{rack.name || rack.system_id}</Link>
              </td>
              <td>
                {rack.images.length === 0 && <span className="bd-muted">Does not copy it</span>}
                {rack.images.map((i) => (
                  <div key={`${i.architecture} ${i.version}`}>
                    <CopyState copy={i} name={`${i.architecture} ${i.version} on ${rack.name}`}>
                      <span className="bd-small bd-inline">
                        {i.version} for {i.architecture}
                        {i.state !== 'synced' && i.bytes > 0 && `: ${heldOf(i)}`}
                      </span>
                    </CopyState>
                  </div>
                ))}
              </td>
              <td title={date(rack.last_contact)}>
                {ago(rack.last_contact)} {!rack.connected && <Tag filled color="red">offline</Tag>}
              </td>
            </tr>
          ))}
        </Table>
      </CardBody>
    </Card>
  );
}
