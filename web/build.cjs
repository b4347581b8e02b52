'use strict'
// Bundles the page into dist/page: a few files, nothing from elsewhere.
const { copyFileSync, mkdirSync, rmSync } = require('node:fs')
const { join } = require('node:path')
const { buildSync } = require('esbuild')

const outdir = join(__dirname, '../dist/page')

// Names of shared pieces change with their content.
rmSync(outdir, { recursive: true, force: true })
mkdirSync(outdir, { recursive: true })
buildSync({
  entryPoints: { page: join(__dirname, 'src/main.tsx'), style: join(__dirname, 'style/page.css') },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  // Not lower: older ones would get two copies of every colour.
  target: ['chrome123', 'firefox120', 'safari17.5'],
  minify: true,
  tsconfig: join(__dirname, 'tsconfig.json'),
  logLevel: 'warning',
})
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(__dirname, name), join(outdir, name))
