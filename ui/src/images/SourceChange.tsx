import { Alert, Radio } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { bytes, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { titleOf, type Row } from './rows';

interface Props {
  rows: Row[];
  nameOf: (id: number) => string;
  onClose: () => void;
}

/** Takes images from another source, without losing those that are held. */
export function SourceChange({ rows, nameOf, onClose }: Props) {
  const offers = useQuery({ queryKey: keys.offers, queryFn: () => api.get<api.Offer[]>('offers/') });
  const client = useQueryClient();
  const toast = useToast();
  const one = rows.length === 1 ? rows[0]! : undefined;
  const [chosen, setChosen] = useState(one?.selected_by[0]);
  const [stayed, setStayed] = useState<{ row: Row; why: string }[]>([]);
  const choices = [...new Set(rows.flatMap((r) => r.offered_by))];
  const movable = (id: number | undefined) => rows.filter((r) => id !== undefined && r.selected_by[0] !== id && r.offered_by.includes(id));
  const offer = one && offers.data?.find((o) => `${o.os}/${o.release}` === one.name && o.arch === one.arch);
  const run = useMutation({
    mutationFn: async () => {
      const refused: { row: Row; why: string }[] = [];
      const moving = movable(chosen);
      // One after the other: whether an image may leave a source depends on what else stays there.
      for (const row of moving) {
        try {
          await api.post('images/op-change_source', { image: row.key, source: chosen! });
        } catch (e) {
          refused.push({ row, why: (e as Error).message });
        }
      }
      if (refused.length < moving.length) await api.post('imports/');
      return { refused, moved: moving.filter((row) => !refused.some((r) => r.row === row)) };
    },
    onSuccess: ({ refused, moved }) => {
      if (moved.length)
        toast('success', `${moved.length === 1 ? `${titleOf(moved[0]!)} ${moved[0]!.arch} now comes` : `${moved.length} images now come`} from ${nameOf(chosen!)}`, 'The import has begun.');
      for (const key of [keys.images, keys.offers, keys.imports]) void client.invalidateQueries({ queryKey: key });
      setStayed(refused);
      if (!refused.length) onClose();
    },
  });
  return (
    <Panel
      title="Change source"
      onClose={onClose}
      footer={
        <Act isLoading={run.isPending} reason={movable(chosen).length ? undefined : 'Choose another source.'} onClick={() => run.mutate()}>
          Change source
        </Act>
      }
    >
      {run.isError && (
        <Alert isInline variant="danger" title="Nothing was changed">
          {run.error.message}
        </Alert>
      )}
      {stayed.map(({ row, why }) => (
        <Alert key={row.key} isInline variant="danger" title={`${titleOf(row)} ${row.arch} stays where it is`}>
          {why}
        </Alert>
      ))}
      <p>
        <b>{one ? `${titleOf(one)} ${one.arch}` : plural(rows.length, 'image')}</b> {one ? 'is' : 'are'} offered by these sources. What is held stays in use until the other
        source’s version is complete.
      </p>
      {!offers.data ? (
        <Loading query={offers} what="What sources offer" />
      ) : (
        choices.map((id) => {
          const there = offer?.sources.find((s) => s.id === id);
          return (
            <Radio
              key={id}
              id={`source-${id}`}
              name="source"
              label={nameOf(id)}
              description={
                one
                  ? `${there ? `Version ${there.version}, about ${bytes(there.size)}` : ''}${id === one.selected_by[0] ? ' · it comes from there now' : ''}`
                  : `Offers ${rows.filter((r) => r.offered_by.includes(id)).length} of them, ${plural(movable(id).length, 'image')} would come from it anew`
              }
              isChecked={chosen === id}
              onChange={() => setChosen(id)}
            />
          );
        })
      )}
    </Panel>
  );
}
