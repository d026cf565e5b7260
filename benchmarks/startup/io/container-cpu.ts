import { request } from 'node:http';
import { docker } from '../../../hosts/compose/io/docker.ts';

/** What the containers of a project have used of processors since they started, in seconds. Source: the engine's API, `stats`. */
export const containerCpuS = async (project: string): Promise<number> => {
  const filter = `label=com.docker.compose.project=${project}`;
  const ids = (await docker(['ps', '--quiet', '--no-trunc', '--filter', filter])).split('\n').filter((id) => id !== '');
  const used = await Promise.all(ids.map(usedNs));
  return used.reduce((sum, ns) => sum + ns, 0) / 1e9;
};

const usedNs = (id: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const path = `/containers/${id}/stats?stream=false&one-shot=true`;
    const asked = request({ socketPath: SOCKET, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('end', () => {
        const { cpu_stats } = JSON.parse(text) as {
          readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
        };
        resolve(cpu_stats.cpu_usage.total_usage);
      });
    });
    asked.on('error', reject);
    asked.end();
  });

const SOCKET = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
