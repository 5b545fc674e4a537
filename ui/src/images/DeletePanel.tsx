import { Alert, List, ListItem } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { bytes, date, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { titleOf, type Row } from './rows';

/** Says what deleting comes to, then deletes: images and what selects them. Told per image when one stays. */
export function DeletePanel({ rows, onClose, onDone }: { rows: Row[]; onClose: () => void; onDone: (stayed: string[]) => void }) {
  const client = useQueryClient();
  const toast = useToast();
  const names = rows.map((r) => r.key);
  const trial = useQuery({
    queryKey: ['plan', 'remove', ...names],
    queryFn: () => api.post<api.Removal>('images/op-remove', { image: names, dry_run: true }),
    staleTime: 0,
  });
  const run = useMutation({
    mutationFn: () => api.post<api.Removal>('images/op-remove', { image: names }),
    onSuccess: (result) => {
      void client.invalidateQueries({ queryKey: keys.images });
      const stayed = result.images.filter((i) => i.code);
      if (stayed.length < names.length) toast('success', `${plural(names.length - stayed.length, 'image')} deleted`);
      if (stayed.length) toast('danger', `${plural(stayed.length, 'image')} could not be deleted`, stayed[0]!.reason ?? undefined);
      onDone(stayed.map((i) => i.image));
    },
  });
  const refused = new Map(trial.data?.images.filter((i) => i.code).map((i) => [i.image, i.reason]));
  const going = rows.length - refused.size;
  return (
    <Panel
      title={rows.length === 1 ? 'Delete image' : `Delete ${rows.length} images`}
      onClose={onClose}
      footer={
        <Act
          variant="danger"
          isLoading={run.isPending}
          reason={trial.isPending ? 'Finding out what that means…' : going === 0 ? 'None of these can be deleted.' : undefined}
          onClick={() => run.mutate()}
        >
          Delete {plural(going || rows.length, 'image')}
        </Act>
      }
    >
      {run.isError && (
        <Alert isInline variant="danger" title="Nothing was deleted">
          {run.error.message}
        </Alert>
      )}
      {rows.some((r) => r.commissioning) && (
        <Alert isInline variant="warning" title="Machines boot one of these for commissioning">
          Commissioning fails for an architecture that has no image of the default release.
        </Alert>
      )}
      {trial.isError && <Loading query={trial} what="What deleting would do" />}
      {trial.data && going > 0 && (
        <Alert isInline variant="info" title={trial.data.bytes ? `This frees ${bytes(trial.data.bytes)}` : 'This frees no space'}>
          {trial.data.bytes
            ? 'Files that other images use as well are not counted. The space is free after the time that running transfers are given to end.'
            : 'Other images use the same files, or nothing was stored yet.'}
        </Alert>
      )}
      <List isPlain isBordered>
        {rows.map((row) => (
          <ListItem key={row.key}>
            <b>
              {titleOf(row)} {row.arch}
            </b>{' '}
            <span className="bd-small">
              {row.name} · {bytes(row.size)}
              {row.last_deployed && <> · last deployed {date(row.last_deployed)}</>}
            </span>
            {refused.has(row.key) && <Alert isInline isPlain variant="warning" title={refused.get(row.key) ?? 'It stays.'} />}
          </ListItem>
        ))}
      </List>
    </Panel>
  );
}
