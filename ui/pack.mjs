// Puts FILE.br and FILE.gz beside what gets smaller by it, so that the region packs nothing while it serves.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

for (const name of readdirSync('dist', { recursive: true })) {
  const file = join('dist', name);
  if (!statSync(file).isFile() || !/\.(html|js|css|svg)$/.test(name)) continue;
  const bytes = readFileSync(file);
  writeFileSync(file + '.br', brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  writeFileSync(file + '.gz', gzipSync(bytes, { level: 9 }));
}
