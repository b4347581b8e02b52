'use strict'
// Bundles the page into dist/web: four files, nothing from elsewhere.
const { copyFileSync, mkdirSync } = require('node:fs')
const { join } = require('node:path')
const { buildSync } = require('esbuild')

const outdir = join(__dirname, '../dist/web')

mkdirSync(outdir, { recursive: true })
buildSync({
  entryPoints: { page: join(__dirname, 'src/main.tsx'), style: join(__dirname, 'style/page.css') },
  outdir,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  tsconfig: join(__dirname, 'tsconfig.json'),
  logLevel: 'warning',
})
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(__dirname, name), join(outdir, name))
