import type { PeerProxy } from './peer-proxy.ts';

/** nginx with one worker and `grpc_pass`, which has a connection to an endpoint for each request that is open. */
export const NGINX: PeerProxy = {
  name: 'nginx',
  command: 'nginx',
  versionArgs: ['-v'],
  launch: ({ port, endpointPorts, tls, folder }) => ({
    args: ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'],
    files: {
      'nginx.conf': `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 32768; }
http {
  access_log off;
  client_body_temp_path ${folder}/client;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream servers {
${endpointPorts.map((endpointPort) => `    server 127.0.0.1:${endpointPort};`).join('\n')}
    keepalive 1024;
    keepalive_requests 1000000000;
    keepalive_time 1d;
  }
  server {
    listen 127.0.0.1:${port} http2${tls === null ? '' : ' ssl'};
${tls === null ? '' : `    ssl_certificate ${tls.certFile};\n    ssl_certificate_key ${tls.keyFile};`}
    http2_max_concurrent_streams 1000;
    keepalive_requests 1000000000;
    keepalive_time 1d;
    keepalive_timeout 1h;
    client_max_body_size 0;
    grpc_read_timeout 1h;
    grpc_send_timeout 1h;
    grpc_socket_keepalive on;
${tls === null ? '' : `    grpc_ssl_trusted_certificate ${tls.certFile};\n    grpc_ssl_verify on;\n    grpc_ssl_name localhost;\n    grpc_ssl_server_name on;`}
    location / { grpc_pass ${tls === null ? 'grpc' : 'grpcs'}://servers; }
  }
}
`,
    },
  }),
};
