import { defineConfig } from 'vite';

// The elements for a shop's own pages: one module at a fixed address, and the camera beside it.
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'elements',
    modulePreload: false,
    rolldownOptions: {
      input: 'src/elements/index.ts',
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'knytt.js', chunkFileNames: 'knytt-[name].js' },
    },
  },
});
