import { ModelError } from '../errors.js'

/**
 * True for the beginning of what Git puts in the place of a large file where a repository was cloned without LFS.
 * https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer
 */
export function isLfsPointer(beginning: string): boolean {
  return beginning.startsWith('version ')
}

export function lfsPointerError(path: string): ModelError {
  return new ModelError(
    `${path} is a pointer of Git LFS, not the file itself: run "git lfs pull" in its folder, or use "splade-bridge model add"`,
  )
}
