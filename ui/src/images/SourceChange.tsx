import { Alert, Radio } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { bytes } from '../parts/text';
import { useToast } from '../parts/toasts';
import { titleOf, type Row } from './rows';

/** Takes an image from another source, without losing the one that is held. */
export function SourceChange({ row, nameOf, onClose }: { row: Row; nameOf: (id: number) => string; onClose: () => void }) {
  const offers = useQuery({ queryKey: keys.offers, queryFn: () => api.get<api.Offer[]>('offers/') });
  const client = useQueryClient();
  const toast = useToast();
  const current = row.selected_by[0];
  const [chosen, setChosen] = useState(current);
  const offer = offers.data?.find((o) => `${o.os}/${o.release}` === row.name && o.arch === row.arch);
  const run = useMutation({
    mutationFn: async () => {
      await api.post('images/op-change_source', { image: row.key, source: chosen! });
      await api.post('imports/');
    },
    onSuccess: () => {
      toast('success', `${titleOf(row)} ${row.arch} now comes from ${nameOf(chosen!)}`, 'The import has begun.');
      for (const key of [keys.images, keys.offers, keys.imports]) void client.invalidateQueries({ queryKey: key });
      onClose();
    },
  });
  return (
    <Panel
      title="Change source"
      onClose={onClose}
      footer={
        <Act isLoading={run.isPending} reason={chosen === current ? 'Choose another source.' : undefined} onClick={() => run.mutate()}>
          Change source
        </Act>
      }
    >
      {run.isError && (
        <Alert isInline variant="danger" title="Nothing was changed">
          {run.error.message}
        </Alert>
      )}
      <p>
        <b>
          {titleOf(row)} {row.arch}
        </b>{' '}
        is offered by these sources. What is held stays in use until the other source’s version is complete.
      </p>
      {!offers.data ? (
        <Loading query={offers} what="What sources offer" />
      ) : (
        row.offered_by.map((id) => {
          const there = offer?.sources.find((s) => s.id === id);
          return (
            <Radio
              key={id}
              id={`source-${id}`}
              name="source"
              label={nameOf(id)}
              description={`${there ? `Version ${there.version}, about ${bytes(there.size)}` : ''}${id === current ? ' · it comes from there now' : ''}`}
              isChecked={chosen === id}
              onChange={() => setChosen(id)}
            />
          );
        })
      )}
    </Panel>
  );
}
