import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Problem } from '../problems/index.js';
import { httpProblems } from './problems.js';
import { pathOf } from './request.js';

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: RouteTable;
  }
}

interface Route {
  pattern: RegExp;
  method: string;
}

/** Knows every route, so that a wrong method can be told from a path that does not exist. */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Starts to collect the routes of an app; call it before any is registered. */
  static of(app: FastifyInstance): RouteTable {
    const table = new RouteTable();
    app.decorate('routeTable', table);
    app.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) table.routes.push({ pattern: patternOf(url), method: each });
    });
    return table;
  }

  /** What is wrong with a request that no route answers. */
  missOf(request: FastifyRequest): Problem {
    const allowed = this.methodsOf(pathOf(request));
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return httpProblems.not_found('There is nothing at this path.');
    }
    return httpProblems.method_not_allowed(`This path takes ${allowed.join(', ')}, not ${request.method}.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }

  private methodsOf(path: string): string[] {
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.map(({ method }) => method))].sort();
  }
}

/** A wildcard matches nothing here: it takes any path, and so says of none that it exists. */
function patternOf(url: string): RegExp {
  if (url.includes('*')) return /(?!)/;
  const source = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z_]\w*/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
