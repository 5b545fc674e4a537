const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for people, in SI units as image lists have them. */
export function bytes(count: number | null | undefined): string {
  if (!count) return '—';
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** The server writes UTC without a zone. */
export const dateOf = (wire: string): Date => new Date(wire.endsWith('Z') ? wire : wire + 'Z');

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
export const date = (wire: string | null | undefined): string => (wire ? dateFormat.format(dateOf(wire)) : '—');

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
export function ago(wire: string | null | undefined): string {
  if (!wire) return '—';
  const seconds = (dateOf(wire).getTime() - Date.now()) / 1000;
  for (const [unit, length] of [['day', 86400], ['hour', 3600], ['minute', 60]] as const)
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  return relative.format(Math.round(seconds), 'second');
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '—';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export const plural = (count: number, one: string, many = one + 's') => `${count.toLocaleString()} ${count === 1 ? one : many}`;

const osNames: Record<string, string> = {
  ubuntu: 'Ubuntu',
  'ubuntu-core': 'Ubuntu Core',
  centos: 'CentOS',
  rhel: 'RHEL',
  windows: 'Windows',
  suse: 'SUSE',
  esxi: 'VMware ESXi',
  ol: 'Oracle Linux',
  custom: 'Custom',
  debian: 'Debian',
  rocky: 'Rocky Linux',
  alma: 'AlmaLinux',
};
export const osName = (os: string) => osNames[os] ?? os.charAt(0).toUpperCase() + os.slice(1);
export const splitName = (name: string): [os: string, release: string] => {
  const slash = name.indexOf('/');
  return slash < 0 ? ['custom', name] : [name.slice(0, slash), name.slice(slash + 1)];
};
