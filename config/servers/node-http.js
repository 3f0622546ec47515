// Node's own http module, as its users write a small server. What it answers comes by environment.
'use strict';
const fs = require('node:fs');
const http = require('node:http');

const text = fs.readFileSync(process.env.TEXT_FILE);
const about = fs.readFileSync(process.env.ABOUT_FILE);
const json = JSON.parse(fs.readFileSync(process.env.JSON_FILE, 'utf8'));
const file = process.env.FILE;

function answer(response, type, body) {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function answerFile(response) {
  fs.stat(file, (error, about) => {
    if (error) {
      response.writeHead(500).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': about.size,
    });
    fs.createReadStream(file).pipe(response);
  });
}

const server = http.createServer((request, response) => {
  switch (request.url) {
    case '/text':
      return answer(response, 'text/plain', text);
    case '/json':
      return answer(response, 'application/json', JSON.stringify(json));
    case '/file':
      return answerFile(response);
    case '/about':
      return answer(response, 'text/plain', about);
    default:
      return response.writeHead(404, { 'Content-Length': 0 }).end();
  }
});

server.listen({ host: process.argv[2], port: Number(process.argv[3]), backlog: 4096 });
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
