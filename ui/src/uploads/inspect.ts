/** What a file is, as far as its first bytes and its name tell; the region looks into it again before anyone sees it. */
export interface Found {
  /** For people. */
  what: string;
  /** Upload type to propose; undefined when nothing fits. */
  filetype?: string;
  /** A virtual disk, which has to be converted first. */
  convert?: boolean;
  /** Why it is not what it seems, or cannot be used. */
  warning?: string;
}

export const types: [string, string][] = [
  ['tgz', 'tgz: root file system, tar with gzip'],
  ['tbz', 'tbz: root file system, tar with bzip2'],
  ['txz', 'txz: root file system, tar with xz'],
  ['ddgz', 'ddgz: disk image with gzip'],
  ['ddxz', 'ddxz: disk image with xz'],
  ['ddbz2', 'ddbz2: disk image with bzip2'],
  ['ddraw', 'ddraw: raw disk image'],
  ['ddtgz', 'ddtgz: disk image in a tar with gzip'],
  ['ddtxz', 'ddtxz: disk image in a tar with xz'],
  ['ddtbz', 'ddtbz: disk image in a tar with bzip2'],
  ['ddtar', 'ddtar: disk image in a tar'],
  ['self-extracting', 'self-extracting: installer of a switch'],
];

const has = (bytes: Uint8Array, at: number, text: string) =>
  bytes.length >= at + text.length && [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
const bytesAt = (bytes: Uint8Array, at: number, ...values: number[]) => values.every((v, i) => bytes[at + i] === v);

async function head(file: Blob, from: number, count: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, from + count).arrayBuffer());
}

/** The first bytes of what a gzip holds. */
async function unzipped(file: Blob): Promise<Uint8Array> {
  const reader = file.slice(0, 256 * 1024).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: number[] = [];
  try {
    while (parts.length < 4096) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(...value.slice(0, 4096));
    }
  } catch {
    // It was cut off on purpose; what came counts.
  }
  await reader.cancel().catch(() => undefined);
  return new Uint8Array(parts);
}

const isTar = (bytes: Uint8Array) => has(bytes, 257, 'ustar');
const tarName = (bytes: Uint8Array) => new TextDecoder().decode(bytes.slice(0, 100)).replace(/\0.*$/s, '');
// Packed disks have one file in the tar, with a name like these; a root file system begins with a directory or many files.
const holdsDisk = (bytes: Uint8Array) => /(^|\/)(root-dd|disk|.*\.(img|raw|dd))$/i.test(tarName(bytes));

const virtual = (what: string): Found => ({ what, filetype: 'ddgz', convert: true });

export async function inspect(file: File): Promise<Found> {
  const first = await head(file, 0, 1024);
  const name = file.name.toLowerCase();
  if (has(first, 0, 'QFI\u00fb')) return virtual('a virtual disk (qcow2)');
  if (has(first, 0, 'KDMV') || has(first, 0, '# Disk DescriptorFile')) return virtual('a virtual disk (VMDK)');
  if (has(first, 0, 'vhdxfile')) return virtual('a virtual disk (VHDX)');
  if (has(first, 0, 'conectix') || has(await head(file, Math.max(0, file.size - 512), 8), 0, 'conectix')) return virtual('a virtual disk (VHD)');
  if (has(first, 0, '<<< ') && has(first, 64, '\u007f\u0010\u00da\u00be')) return virtual('a virtual disk (VDI)');
  if (bytesAt(first, 0, 0x1f, 0x8b)) {
    const inner = await unzipped(file);
    if (isTar(inner)) return holdsDisk(inner) ? { what: `a disk image in a tar with gzip (${tarName(inner)})`, filetype: 'ddtgz' } : { what: 'a root file system, tar with gzip', filetype: 'tgz' };
    if (bytesAt(inner, 510, 0x55, 0xaa)) return { what: 'a disk image with gzip', filetype: 'ddgz' };
    return { what: 'something with gzip', filetype: /\.(dd|img|raw)\.gz$/.test(name) ? 'ddgz' : 'tgz', warning: 'What is inside could not be told from the beginning of the file.' };
  }
  if (bytesAt(first, 0, 0xfd, 0x37, 0x7a, 0x58, 0x5a)) return packed(name, 'xz', 'ddxz', 'txz');
  if (has(first, 0, 'BZh')) return packed(name, 'bzip2', 'ddbz2', 'tbz');
  if (isTar(first)) return name.endsWith('.ova') ? virtual('a virtual disk (OVA)') : { what: 'a tar', filetype: 'ddtar' };
  if (has(await head(file, 32769, 5), 0, 'CD001') && !bytesAt(first, 510, 0x55, 0xaa)) return { what: 'an ISO image', warning: 'Installation media cannot be deployed. Install it to a disk, and upload that.' };
  if (bytesAt(first, 510, 0x55, 0xaa)) return { what: 'a raw disk image', filetype: 'ddraw' };
  if (has(first, 0, '#!/')) return { what: 'a script with data (switch installer)', filetype: 'self-extracting' };
  return { what: 'not known by its first bytes', warning: 'Choose the type yourself; the region looks into the file once it is there.' };
}

function packed(name: string, how: string, disk: string, tar: string): Found {
  const inTar = /\.(tar\.\w+|t\w?[gbx]z2?)$/.test(name);
  const isDisk = /(\.|-)(dd|img|raw|disk)[.-]/.test(name);
  const filetype = inTar ? (isDisk ? { xz: 'ddtxz', bzip2: 'ddtbz' }[how]! : tar) : disk;
  return { what: `packed with ${how}; by its name ${types.find(([t]) => t === filetype)![1]}`, filetype };
}

const systems: [RegExp, string][] = [
  [/ubuntu-?core/, 'ubuntu-core'],
  [/ubuntu|noble|jammy|focal/, 'custom'],
  [/alma/, 'custom'],
  [/rocky/, 'custom'],
  [/debian|bookworm|trixie/, 'custom'],
  [/centos/, 'centos'],
  [/rhel|redhat/, 'rhel'],
  [/win(dows)?/, 'windows'],
  [/sles|suse/, 'suse'],
  [/esxi|vmware/, 'esxi'],
  [/oracle|^ol\d/, 'ol'],
];

/** Fields to propose for a file of that name. */
export function proposal(fileName: string): { os: string; release: string; arch: string } {
  const name = fileName.toLowerCase();
  const stem = name.replace(/(\.(tar|dd|img|raw|gz|xz|bz2|tgz|tbz|txz|qcow2|vmdk|vhdx?|vdi|ova|bin|iso))+$/, '');
  const arch = /arm64|aarch64/.test(name) ? 'arm64' : /ppc64(el|le)/.test(name) ? 'ppc64el' : /s390x/.test(name) ? 's390x' : /riscv64/.test(name) ? 'riscv64' : /armhf/.test(name) ? 'armhf' : 'amd64';
  const release = stem
    .replace(/[-_.]?(amd64|x86_64|arm64|aarch64|ppc64el|ppc64le|s390x|riscv64|armhf)/, '')
    .replace(/[^a-z0-9.+-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return { os: systems.find(([pattern]) => pattern.test(name))?.[1] ?? 'custom', release, arch };
}
