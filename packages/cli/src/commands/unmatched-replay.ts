import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { countText } from '../terminal/format.ts';

export const unmatchedReplay = defineCommand({
  words: ['unmatched', 'replay'],
  summary: 'Read again what a source sent and is unmatched, all of it or single deliveries',
  args: { usage: 'SOURCE_ID [DELIVERY_ID...]', min: 1, max: Number.POSITIVE_INFINITY },
  details:
    'What has become a score already is not sent again. The Id of something unmatched stands for its whole delivery.',
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [sourceId = '', ...ids]) {
    const deliveryIds = [...new Set(ids.map(deliveryOf))];
    const replayed = await gradewire().unmatched.replay(sourceId, {
      signal,
      ...(deliveryIds.length > 0 && { deliveryIds }),
    });
    if (json) out.line(JSON.stringify({ replayed }));
    else {
      out.line(`Reading ${countText(replayed, 'delivery', 'deliveries')} again.`);
      const others = deliveryIds.length - replayed;
      if (others > 0) out.line(`Of ${countText(others, 'other', 'others')} nothing is unmatched here.`);
    }
    return EXIT.ok;
  },
});

/** An unmatched id is `DELIVERY_ID.N`. */
function deliveryOf(id: string): string {
  return id.replace(/\.\d+$/, '');
}
