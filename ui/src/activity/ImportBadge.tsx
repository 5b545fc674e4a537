import { Progress } from '@patternfly/react-core';
import { Link } from 'react-router-dom';
import { useLive, useRacks } from '../api/queries';
import { bytes, plural } from '../parts/text';
import { useIsStopping } from './useStop';

/** In the head of every screen: what the running import does, and then whether racks still have to copy what it brought. */
export function ImportBadge() {
  const run = useLive().import;
  const stopping = useIsStopping();
  if (!run || run.phase === 'ended') return <RacksBadge />;
  const share = run.planned_bytes ? Math.floor((run.received_bytes / run.planned_bytes) * 100) : 0;
  const words = stopping ? 'Stopping' : ({ reading: 'Reading sources', planning: 'Planning', fetching: 'Importing', retiring: 'Clearing up' }[run.phase] ?? run.phase);
  return (
    <Link to={`/activity/imports/${run.id}`} className="bd-badge" title={`${bytes(run.received_bytes)} of ${bytes(run.planned_bytes)}`}>
      <span>{words}</span>
      {run.phase === 'fetching' && !stopping && <Progress aria-label="Import" value={share} measureLocation="outside" size="sm" />}
    </Link>
  );
}

function RacksBadge() {
  const racks = useRacks();
  const there = racks.data?.filter((r) => r.connected && !r.code) ?? [];
  const behind = there.filter((r) => r.status === 'syncing' || r.status === 'out-of-sync');
  if (behind.length === 0) return null;
  const isMoving = behind.some((r) => r.status === 'syncing');
  return (
    <Link to="/racks" className="bd-badge" title={`${behind.length} of ${plural(there.length, 'rack')} still without what the region has`}>
      {isMoving ? `Distributing: ${there.length - behind.length} of ${plural(there.length, 'rack')}` : 'Waiting for racks'}
    </Link>
  );
}
