import { Alert, Button, ClipboardCopy, EmptyState, EmptyStateBody, Progress, Tab, TabTitleText, Tabs } from '@patternfly/react-core';
import { CheckCircleIcon, ExclamationCircleIcon, PlusIcon, SyncAltIcon, UnlinkIcon } from '@patternfly/react-icons';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import * as api from '../api/client';
import { useRacks } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading, Screen } from '../parts/Screen';
import { num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { ago, bytes, date, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { Assignments } from './Assignments';
import { BootLog } from './BootLog';

export function RackState({ rack }: { rack: api.Rack }) {
  const [color, icon] = !rack.connected
    ? (['red', <UnlinkIcon key="i" />] as const)
    : rack.code
      ? (['red', <ExclamationCircleIcon key="i" />] as const)
      : rack.status === 'synced'
        ? (['green', <CheckCircleIcon key="i" />] as const)
        : (['blue', <SyncAltIcon key="i" />] as const);
  return (
    <Tag color={color} icon={icon}>
      {rack.connected ? rack.status : 'offline'}
    </Tag>
  );
}

export function RacksPage() {
  const racks = useRacks(15_000);
  const reason = useAdminReason();
  const [adding, setAdding] = useState(false);
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') ?? 'racks';
  return (
    <Screen
      title="Racks"
      subtitle="Racks hold copies of images near the machines and answer them when they boot."
      actions={
        <Act icon={<PlusIcon />} reason={reason} onClick={() => setAdding(true)}>
          Add a rack
        </Act>
      }
    >
      <Tabs activeKey={tab} onSelect={(_, key) => setParams({ tab: String(key) }, { replace: true })} aria-label="Racks and machines">
        <Tab eventKey="racks" tabContentId="tab-panel" title={<TabTitleText>Racks</TabTitleText>} />
        <Tab eventKey="assignments" tabContentId="tab-panel" title={<TabTitleText>What machines boot</TabTitleText>} />
        <Tab eventKey="boots" tabContentId="tab-panel" title={<TabTitleText>Boot log</TabTitleText>} />
      </Tabs>
      <div id="tab-panel" role="tabpanel" aria-label={tab === 'boots' ? 'Boot log' : tab === 'assignments' ? 'What machines boot' : 'Racks'}>
        {tab === 'boots' ? (
          <BootLog />
        ) : tab === 'assignments' ? (
          <Assignments />
        ) : racks.data === undefined ? (
          <Loading query={racks} what="Racks" />
        ) : racks.data.length === 0 ? (
          <EmptyState titleText="No racks yet" headingLevel="h2">
            <EmptyStateBody>A rack enrols with a token that is made here.</EmptyStateBody>
          </EmptyState>
        ) : (
          <Table label="Racks table" columns={['Name', 'State', 'Images', 'Last contact', 'Copies', num('Free'), 'Version']}>
            {racks.data.map((rack) => (
              <tr key={rack.system_id}>
                <td>
                  <Link to={`/racks/${rack.system_id}`}>{rack.name || rack.system_id}</Link>
                  <span className="bd-small">{rack.url}</span>
                </td>
                <td>
                  <RackState rack={rack} />
                  {rack.message && (
                    <span className="bd-small">
                      {rack.message} <span className="bd-code">{rack.code}</span>
                    </span>
                  )}
                </td>
                <td>
                  {rack.images_synced} of {plural(rack.images_wanted, 'image')}
                  {rack.bytes_held < rack.bytes_wanted && (
                    <Progress aria-label={`Copied to ${rack.name}`} size="sm" value={Math.floor((rack.bytes_held / rack.bytes_wanted) * 100)} />
                  )}
                </td>
                <td title={date(rack.last_contact)}>{ago(rack.last_contact)}</td>
                <td>{rack.mode}</td>
                <td className="bd-num">{bytes(rack.disk_free)}</td>
                <td>{rack.version || '—'}</td>
              </tr>
            ))}
          </Table>
        )}
      </div>
      {adding && <AddRack onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function AddRack({ onClose }: { onClose: () => void }) {
  const toast = useToast();
  const make = useMutation({
    mutationFn: () => api.post<api.RackToken>('racks/op-create_token'),
    onError: (e) => toast('danger', 'No token was made', e.message),
  });
  return (
    <Panel
      title="Add a rack"
      onClose={onClose}
      footer={
        make.data ? (
          <Button onClick={onClose}>Done</Button>
        ) : (
          <Act isLoading={make.isPending} onClick={() => make.mutate()}>
            Make a token
          </Act>
        )
      }
    >
      <p>A token lets one machine become a rack of this region. It works once, for a limited time, and is shown only now.</p>
      {make.data && (
        <>
          <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="Token">
            {make.data.token}
          </ClipboardCopy>
          <p className="bd-small">Works until {date(make.data.expires)}.</p>
          <Alert isInline variant="info" title="On the new rack">
            <code>bootdepot rack --region {location.origin}/MAAS/ --token TOKEN</code>
          </Alert>
        </>
      )}
    </Panel>
  );
}
