import type { Image } from '../api/client';

/** Whether an entry of a view takes an image: OS/RELEASE[/ARCH[/SUBARCH[/LABEL]]], as the region reads it. Sub-architectures are not told apart here. */
export function takes(entry: string, image: Image): boolean {
  const [kind, rest] = entry.includes(':') ? entry.trim().split(':', 2) : [undefined, entry.trim()];
  const [os, release, arch, , label] = rest!.split('/');
  if (!os || !release || image.bootloader || !image.versions) return false;
  const slash = image.name.indexOf('/');
  const [itsOs, itsRelease] = slash < 0 ? ['custom', image.name] : [image.name.slice(0, slash), image.name.slice(slash + 1)];
  const fits = (wanted: string | undefined, value: string) => !wanted || wanted === '*' || wanted === value;
  return (
    (!kind || kind === image.kind) && fits(os, itsOs) && fits(release, itsRelease) && fits(arch, image.arch) && fits(label, image.label ?? '')
  );
}

/** The entries in a text, one a line. */
export const entriesOf = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean);
