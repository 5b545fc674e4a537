import { Alert, Tab, TabTitleText, Tabs } from '@patternfly/react-core';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useAdminReason } from '../app/session';
import { Screen } from '../parts/Screen';
import { KeysTab } from './KeysTab';
import { RetentionTable } from './RetentionTable';
import { SettingForm, type Field } from './SettingForm';
import { StreamKeysTab } from './StreamKeysTab';
import { UsersTab } from './UsersTab';

const synchronization: Field[] = [
  { name: 'boot_images_auto_import', label: 'Automatically sync images', kind: 'flag' },
  { name: 'boot_images_import_interval_minutes', label: 'Sync interval', kind: 'number', unit: 'minutes', help: '1 to 10080. Imports begin a little later, by chance, so that not all regions ask at once.' },
  { name: 'import_window', label: 'Sync window', kind: 'text', help: 'Hours in which imports begin by themselves, such as 22:00-06:00; empty for always. What somebody asks for begins at any time.' },
  { name: 'import_rate_kibibytes', label: 'Rate cap', kind: 'number', unit: 'KiB/s', help: 'Most that all downloads together take; 0 for no limit. Counts within a second. Racks have limits of their own: Racks, a rack, Settings.' },
];
const retention: Field[] = [
  { name: 'boot_images_keep_versions', label: 'Versions kept of each image', kind: 'number', unit: 'versions', help: '1 to 100. Pinned versions come on top.' },
  { name: 'boot_images_keep_days', label: 'Days that a former version is kept', kind: 'number', unit: 'days', help: 'After its successor was complete; 0 for not at all. Either rule keeps a version.' },
  { name: 'upload_expiry_hours', label: 'Keep unfinished uploads', kind: 'number', unit: 'hours', help: 'Without a byte for so long an upload is given up.' },
  { name: 'staging_mebibytes', label: 'Room for unfinished uploads', kind: 'number', unit: 'MiB', help: 'All together; 0 for as much as is free.' },
  { name: 'storage_low_mebibytes', label: 'Warn of scarce room below', kind: 'number', unit: 'MiB' },
  { name: 'scrub_interval_days', label: 'Read and compare every stored byte', kind: 'number', unit: 'days apart', help: '0 for never.' },
  { name: 'scrub_mebibytes_per_second', label: 'At most so fast', kind: 'number', unit: 'MiB/s', help: '0 for no limit.' },
  { name: 'audit_keep_days', label: 'Keep the record of changes', kind: 'number', unit: 'days', help: '0 for ever.' },
];
const network: Field[] = [
  { name: 'enable_http_proxy', label: 'Use a proxy', kind: 'flag' },
  { name: 'http_proxy', label: 'Proxy URL', kind: 'text', help: 'http://host:port; empty for none.' },
  { name: 'boot_images_no_proxy', label: 'Reach image servers without the proxy', kind: 'flag' },
  { name: 'ntp_servers', label: 'Time servers of machines', kind: 'text', help: 'Separated by blanks or commas.' },
];
const deployment: Field[] = [
  { name: 'maas_name', label: 'Name of this region', kind: 'text' },
  { name: 'default_osystem', label: 'Default operating system of deployments', kind: 'choice', choices: 'systems', help: 'Of images that are complete here.' },
  { name: 'default_distro_series', label: 'Default release of deployments', kind: 'choice', choices: 'releases' },
  { name: 'commissioning_distro_series', label: 'Default release of commissioning', kind: 'choice', choices: 'commissioning' },
  { name: 'default_min_hwe_kernel', label: 'Least kernel', kind: 'text', help: 'For example ga-24.04; empty for none.' },
];

const tabs = [
  ['sync', 'Synchronization'],
  ['retention', 'Retention'],
  ['network', 'Network'],
  ['defaults', 'Defaults'],
  ['users', 'Users'],
  ['keys', 'API keys'],
  ['stream-keys', 'Stream keys'],
] as const;

export function SettingsPage() {
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') ?? 'sync';
  const reason = useAdminReason();
  // On narrow screens the tabs scroll, and the one that is open may be out of sight.
  useEffect(() => {
    // In braces: newer browsers answer with a promise, which React would take for what ends the effect.
    void document.querySelector('.pf-v6-c-tabs__item.pf-m-current')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);
  return (
    <Screen title="Settings">
      <Tabs activeKey={tab} onSelect={(_, key) => setParams({ tab: String(key) }, { replace: true })} aria-label="Kinds of settings">
        {tabs.map(([key, title]) => (
          <Tab key={key} eventKey={key} tabContentId="tab-panel" title={<TabTitleText>{title}</TabTitleText>} />
        ))}
      </Tabs>
      <div id="tab-panel" role="tabpanel" aria-label={tabs.find(([key]) => key === tab)?.[1]}>
        {reason && tab !== 'keys' && <Alert isInline variant="info" title={reason} />}
        {tab === 'sync' && <SettingForm key="sync" fields={synchronization} />}
        {tab === 'retention' && (
          <>
            <SettingForm key="retention" fields={retention} />
            <RetentionTable />
          </>
        )}
        {tab === 'stream-keys' && <StreamKeysTab />}
        {tab === 'network' && <SettingForm key="network" fields={network} />}
        {tab === 'defaults' && <SettingForm key="defaults" fields={deployment} />}
        {tab === 'users' && <UsersTab />}
        {tab === 'keys' && <KeysTab />}
      </div>
    </Screen>
  );
}
