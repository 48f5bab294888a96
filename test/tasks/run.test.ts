import { expect } from 'chai'
import { StorageError } from '../../src/errors.ts'
import { type Run, runTask } from '../../tasks/run.ts'
import { actJson, actPlain } from './support/act.ts'
import { fakeIo } from './support/fake-io.ts'

const KEY = `0x${'5a'.repeat(32)}`
const done = async () => ({ document: { version: 1, kind: 'done' }, text: ['All is well.'] })

const failing = (code: 'DEADLINE' | 'ABORTED' | 'DECLINED' | 'NO_MONEY', sent: boolean) =>
  actPlain(async (run) => {
    if (sent) run.follow({ type: 'propose:sent', tx: '0x1' })
    throw new StorageError(code, { what: 'stopped' })
  })

const asking = async (run: Run) => {
  await run.confirm('Go on?')
  return done()
}
const crash = async () => {
  throw new TypeError('x is not a function')
}

describe('tasks/run', () => {
  it('prints exactly one JSON value on standard output under --json', async () => {
    const { io, document } = await actJson(done)
    expect(document).to.deep.equal({ version: 1, kind: 'done' })
    expect(io.out()).to.equal('{"version":1,"kind":"done"}\n')
    expect(io.exitCode()).to.equal(0)
  })

  it('keeps what others print off standard output under --json', async () => {
    const { io, document } = await actJson(async (run, { printElsewhere }) => {
      printElsewhere('Compiling 12 files\n')
      run.progress.line('half way')
      return done()
    })
    expect(document).to.have.property('kind', 'done')
    expect(io.err()).to.equal('Compiling 12 files\nhalf way\n')
    expect(io.leftovers()).to.equal(false)
  })

  it('prints text for people without --json', async () => {
    const io = await actPlain(done)
    expect(io.out()).to.equal('All is well.\n')
    expect(io.err()).to.equal('')
  })

  it('takes the teeth out of control characters in what it prints', async () => {
    const io = await actPlain(async () => ({ document: {}, text: ['name \u001b[2J'] }))
    expect(io.out()).to.equal('name \\x1b[2J\n')
  })

  it('prints the error document under --json, and the same words on standard error', async () => {
    const { io, document } = await actJson(async () => {
      throw new StorageError('NO_MONEY', { what: 'too poor', expected: 5, got: 3, next: 'npx x' })
    })
    expect(document).to.deep.equal({
      version: 1,
      kind: 'error',
      code: 'NO_MONEY',
      message: 'too poor: expected 5, got 3',
      hint: null,
      next: 'npx x',
    })
    expect(io.err()).to.equal('Error NO_MONEY: too poor: expected 5, got 3\nNext: npx x\n')
    expect(io.exitCode()).to.equal(1)
    expect(io.leftovers()).to.equal(false)
  })

  it('prints message, hint and next command for people, and nothing on standard output', async () => {
    const io = await actPlain(async () => {
      throw new StorageError('NO_KEY', { what: 'no key', hint: 'Store it.', next: 'npx y' })
    })
    expect(io.out()).to.equal('')
    expect(io.err()).to.equal('Error NO_KEY: no key\nStore it.\nNext: npx y\n')
  })

  describe('exit codes', () => {
    it('is 2 for a deadline or an interruption after something was sent', async () => {
      expect((await failing('DEADLINE', true)).exitCode()).to.equal(2)
      expect((await failing('ABORTED', true)).exitCode()).to.equal(2)
    })
    it('is 1 for a deadline or an interruption before', async () => {
      expect((await failing('DEADLINE', false)).exitCode()).to.equal(1)
      expect((await failing('ABORTED', false)).exitCode()).to.equal(1)
    })
    it('is 1 for other failures, sent or not', async () => {
      expect((await failing('NO_MONEY', true)).exitCode()).to.equal(1)
    })
    it('is 2 when the user declines', async () => {
      expect((await failing('DECLINED', false)).exitCode()).to.equal(2)
    })
  })

  describe('confirmation', () => {
    it('goes on when the answer is yes', async () => {
      expect((await actPlain(asking, { answer: true })).exitCode()).to.equal(0)
    })
    it('declines when the answer is no', async () => {
      const io = await actPlain(asking, { answer: false })
      expect(io.err()).to.match(/^Error DECLINED: you declined; nothing was sent\n/)
      expect(io.exitCode()).to.equal(2)
    })
    it('declines when nobody is there', async () => {
      expect((await actPlain(asking)).exitCode()).to.equal(2)
    })
    it('never asks under --json', async () => {
      const { document, io } = await actJson(asking, { answer: true })
      expect(document).to.have.property('code', 'DECLINED')
      expect(document).to.have.property('hint', 'Add --yes to send without being asked.')
      expect(io.exitCode()).to.equal(2)
    })
  })

  describe('interruption', () => {
    it('tells that it was interrupted, not what was under way, and keeps the way on', async () => {
      const io = await actPlain(async () => {
        throw new StorageError('ABORTED', { what: 'interrupted: epoch', next: 'npx hardhat deals' })
      })
      expect(io.err()).to.equal(
        'Error ABORTED: the task was interrupted\nNext: npx hardhat deals\n',
      )
    })

    it('aborts the signal with ABORTED', async () => {
      const io = await actPlain(async (run, { interrupt }) => {
        interrupt()
        run.signal.throwIfAborted()
        return done()
      })
      expect(io.err()).to.equal('Error ABORTED: the task was interrupted\n')
      expect(io.exitCode()).to.equal(1)
      expect(io.leftovers()).to.equal(false)
    })

    it('ends a server cleanly after its result was printed', async () => {
      const steps: string[] = []
      const io = await actPlain(async (run, fake) => ({
        document: {},
        text: ['Serving.'],
        serve: async () => {
          steps.push(fake.out())
          fake.interrupt()
          steps.push(String(run.signal.aborted))
        },
      }))
      expect(steps).to.deep.equal(['Serving.\n', 'true'])
      expect(io.exitCode()).to.equal(0)
    })

    it('prints no second JSON value when a server fails later', async () => {
      const { io, document } = await actJson(async () => ({
        document: { kind: 'serving' },
        text: [],
        serve: async () => {
          throw new StorageError('DEPOT_FULL', { what: 'no room' })
        },
      }))
      expect(document).to.deep.equal({ kind: 'serving' })
      expect(io.err()).to.equal('Error DEPOT_FULL: no room\n')
      expect(io.exitCode()).to.equal(1)
    })
  })

  describe('secrets', () => {
    it('never prints the key of the environment', async () => {
      const { io } = await actJson(
        async () => {
          throw new StorageError('INTERNAL', {
            what: `bad key ${KEY}`,
            hint: KEY.slice(2),
            next: KEY,
          })
        },
        { env: { PRIVATE_KEY: KEY } },
      )
      expect(io.out() + io.err()).to.not.include('5a5a')
    })

    it('never prints a key of the keystore, causes included', async () => {
      const io = fakeIo()
      await runTask(
        { json: false, verbose: true },
        async (run) => {
          run.hides(KEY)
          throw new Error(
            `signing with ${KEY} at https://me:word@node.example/v3/0123456789abcdef0123`,
          )
        },
        io,
      )
      expect(io.err()).to.not.match(/5a5a|word|0123456789abcdef/)
      expect(io.err()).to.include('INTERNAL').and.to.include('caused by')
    })
  })

  it('keeps the cause of an unexpected error for --show-stack-traces', async () => {
    const quiet = await actPlain(crash)
    expect(quiet.err()).to.match(
      /^Error INTERNAL: unexpected: x is not a function\nRun the command/,
    )
    expect(quiet.err()).to.not.include('run.test.ts')
    const loud = fakeIo()
    await runTask({ json: false, verbose: true }, crash, loud)
    expect(loud.err()).to.include('run.test.ts')
  })
})
