/** The demo as a story for a person: steps, ids, epochs, timings; a bar on a terminal, plain lines elsewhere. */
import { formatFil } from '../../src/deal/units.ts'
import type { FlowEvent } from '../../src/flow/events.ts'
import type { ProviderEvent } from '../../src/provider/events.ts'
import { formatBytes, formatCount, formatPlural } from '../../src/terminal/format.ts'
import { createProgress } from '../../src/terminal/progress.ts'
import { createStory } from '../../src/terminal/story.ts'
import { hasColour, type TextStream } from '../../src/terminal/stream.ts'
import type { Tell } from './life.ts'

export function narrator(stream: TextStream, input: string): Tell & { end(text: string): void } {
  const story = createStory(stream, { colour: hasColour(stream, process.env) })
  const progress = createProgress(stream, { isTerminal: stream.isTTY === true })
  story.title(`Sealift stores ${input} on a local Filecoin and reads it back`)

  const onEvent = (event: FlowEvent | ProviderEvent): void => {
    switch (event.type) {
      case 'prepare:progress':
        return progress.update({ label: 'preparing', bytes: event.bytes, total: event.total })
      case 'retrieve:progress':
        return progress.update({ label: 'downloading', bytes: event.bytes, total: event.total })
      case 'retrieve:refused':
        return story.bad(`${event.name} is no source: ${event.reason}`)
      case 'escrow:short':
        return story.fact('pays', `${formatFil(event.missing)} into the escrow of the client`)
      case 'propose:done':
        story.fact('proposal', event.proposalId)
        if (event.tx !== undefined) story.fact('transaction', event.tx)
        return story.step('Two providers take it')
      case 'seen':
        return story.note(`f0${event.provider} saw the event at epoch ${formatCount(event.block)}`)
      case 'refused':
        return story.bad(`f0${event.provider} refuses: ${event.reason}`)
      case 'downloaded':
        return story.note(
          `f0${event.provider} downloaded ${formatBytes(event.size)}; the commitment is right`,
        )
      case 'published':
        return story.note(`f0${event.provider} published deal ${event.dealId}; the client agreed`)
      case 'activated':
        return story.good(
          `f0${event.provider} proved the sector: deal ${event.dealId} is active since epoch ${formatCount(event.epoch)}`,
        )
      case 'failed':
        return story.bad(`f0${event.provider} failed at ${event.step}: ${event.reason}`)
      default:
        return undefined
    }
  }

  return {
    starting: () => story.step('Start a local Filecoin'),
    started({ providers, depotUrl }, epoch) {
      story.fact('chain', `id 31415926, epoch ${formatCount(epoch)}, the market f05 at 0xff00…05`)
      for (const { id, url } of providers) story.fact('provider', `f0${id} ${url}`)
      story.fact('depot', depotUrl)
    },
    deploying: () => story.step('Deploy the storage client'),
    deployed(client, owner) {
      story.fact(
        'client',
        `${client.address}\n${client.f4}${client.id === null ? '' : `\n${client.id}`}`,
      )
      story.fact('owner', owner)
    },
    preparing: () => story.step(`Prepare ${input}`),
    prepared({ files, size, pieceSize, root, pieceCid, pieceCidV2 }) {
      progress.done()
      story.fact('files', `${formatPlural(files, 'file')} in a CAR of ${formatBytes(size)}`)
      story.fact('root', root)
      story.fact('piece', `${pieceCid}\n${pieceCidV2}`)
      story.fact('piece size', `${formatBytes(pieceSize)} padded`)
    },
    proposing: () => story.step('Propose a deal with two replicas'),
    stored({ deals, startEpoch, endEpoch, pricePerEpoch, replicas, url }) {
      const cost = BigInt(pricePerEpoch) * BigInt(endEpoch - startEpoch) * BigInt(replicas)
      story.fact('term', `epoch ${formatCount(startEpoch)} to ${formatCount(endEpoch)}`)
      story.fact('price', `${formatFil(cost)} for ${formatPlural(replicas, 'replica')}, all of it`)
      story.fact('fetched from', url)
      for (const { dealId, provider, why } of deals)
        story.fact(`deal ${dealId}`, `${provider}: ${why}`)
    },
    losing: () => story.step('Lose the local copy and fetch it back from a provider'),
    lost({ path }) {
      story.fact('deleted', path.split('/').at(-1) ?? path)
    },
    retrieved({ source, bytes, files }) {
      progress.done()
      story.fact('source', source)
      story.fact('verified', 'every block against its CID, the whole against the commitment')
      story.fact('unpacked', `${formatPlural(files, 'file')}, ${formatBytes(bytes)}`)
    },
    comparing: () => story.step('Compare'),
    compared({ files, bytes, different }) {
      if (different.length === 0)
        story.good(`${formatPlural(files, 'file')}, ${formatBytes(bytes)}: every byte is identical`)
      else story.bad(`${formatPlural(different.length, 'file')} differ: ${different[0]}`)
    },
    event: onEvent,
    end: (text) => story.end(text),
  }
}
