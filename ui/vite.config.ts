import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The region serves the page at /MAAS/ and everything else by hashed names below /MAAS/assets/.
export default defineConfig({
  base: '/MAAS/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  // While editing: the page from here, everything else from a region.
  server: { proxy: Object.fromEntries(['api', 'live', 'uploads'].map((p) => ['/MAAS/' + p, process.env.BOOTDEPOT_URL ?? 'http://127.0.0.1:5240'])) },
});
