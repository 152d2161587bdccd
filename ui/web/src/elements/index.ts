// The elements for a shop's own pages: <knytt-search> and <knytt-similar>.
//
//     <script type="module" src="https://search.shop.example/knytt.js"></script>
//     <knytt-search></knytt-search>

import { KnyttSearch } from './search';
import { KnyttSimilar } from './similar';

export { searchClient } from './instantsearch';
export { KnyttSearch, KnyttSimilar };

if (!customElements.get('knytt-search')) customElements.define('knytt-search', KnyttSearch);
if (!customElements.get('knytt-similar')) customElements.define('knytt-similar', KnyttSimilar);
