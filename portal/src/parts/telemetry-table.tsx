import { Bar, createBarScale, needsLogScale } from '../charts/bar.js';
import { formatNumber } from '../format.js';
import type { TelemetryRowFragment } from '../gql/graphql.js';
import { type Place, toChangedHref } from '../location.js';
import { Table } from './tables.js';
import { Bytes } from './words.js';

/** Telemetry by type of message, the most messages first, with the `Total` row at the end and without a bar. */
export function TelemetryTable({ rows, place }: { rows: readonly TelemetryRowFragment[]; place: Place }) {
  const types = rows.filter(({ messageType }) => messageType !== 'Total').sort((a, b) => b.count - a.count);
  const total = rows.find(({ messageType }) => messageType === 'Total');
  const counts = types.map(({ count }) => count);
  const sizes = types.flatMap(({ dataSize }) => dataSize ?? []);
  const chosen = place.query.get('scale');
  const isLog = chosen === null ? needsLogScale(counts) || needsLogScale(sizes) : chosen === 'log';
  const toCountLength = createBarScale(counts, isLog);
  const toSizeLength = createBarScale(sizes, isLog);
  return (
    <>
      <p class="scale">
        Bars are {isLog ? 'logarithmic, so that small ones can be seen' : 'proportional'}.{' '}
        <a href={toChangedHref(place, { scale: isLog ? 'linear' : 'log' }, '#telemetry')}>
          Make them {isLog ? 'proportional' : 'logarithmic'}
        </a>
      </p>
      <Table label="Telemetry by type of message">
        <thead>
          <tr>
            <th scope="col">Type of message</th>
            <th scope="col" class="number">
              Messages
            </th>
            <td class="bar-column" />
            <th scope="col" class="number">
              Size
            </th>
            <td class="bar-column" />
          </tr>
        </thead>
        <tbody>
          {types.map(({ messageType, count, dataSize }) => (
            <tr key={messageType}>
              <th scope="row">
                <bdi class="name">{messageType}</bdi>
              </th>
              <td class="number">{formatNumber(count)}</td>
              <td>
                <Bar length={toCountLength(count)} />
              </td>
              <td class="number">
                <Bytes value={dataSize} />
              </td>
              <td>
                <Bar length={dataSize === null ? 0 : toSizeLength(dataSize)} className="bar size" />
              </td>
            </tr>
          ))}
        </tbody>
        {total && (
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td class="number">{formatNumber(total.count)}</td>
              <td />
              <td class="number">
                <Bytes value={total.dataSize} />
              </td>
              <td />
            </tr>
          </tfoot>
        )}
      </Table>
    </>
  );
}
