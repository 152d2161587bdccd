// softmax(query · keysᵀ) · values for one head, QUERIES queries at a time, without ever holding all scores:
// keys come in tiles, and sums made under an older maximum are scaled down to the newer one
// (Milakov and Gimelshein 2018; Dao et al. 2022). The query is scaled already.
//
// Four threads share a query. Each makes the scores of a quarter of a tile's keys, and a quarter of the
// mixed values.

struct Params {
    queries: u32,
    keys: u32,
    // Quads of a row, and the quad at which head 0 begins.
    query_stride: u32,
    key_stride: u32,
    key_offset: u32,
    value_offset: u32,
    output_stride: u32,
    // 0: every key; 1: those up to the query's own position; 2: those up to the position that is read.
    mask: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> query: array<vec4<f32>>;
// Keys and values lie in the same rows.
@group(0) @binding(2) var<storage, read> context: array<vec4<f32>>;
// The position of each item of the batch that is read.
@group(0) @binding(3) var<storage, read> reads: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<f32>>;

const QUERIES = 16u;
const KEYS = 16u;
const THREADS = 4u * QUERIES;
const LOWEST = -3.0e38;

// Quads from one row of a tile to the next: an odd number, so that threads that read the same place of several rows
// read from several banks.
const ROW = HEAD | 1u;

var<workgroup> query_tile: array<vec4<f32>, QUERIES * ROW>;
var<workgroup> context_tile: array<vec4<f32>, KEYS * ROW>;
var<workgroup> scores: array<f32, QUERIES * KEYS>;

// The part of `count` rows from `first` on that begins at quad `offset`; what is beyond is 0.
fn load_context(first: u32, count: u32, offset: u32, lane: u32) {
    for (var n = lane; n < KEYS * HEAD; n += THREADS) {
        var value = vec4(0.0);
        if n / HEAD < count {
            value = context[(first + n / HEAD) * params.key_stride + offset + n % HEAD];
        }
        context_tile[n / HEAD * ROW + n % HEAD] = value;
    }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let head = group.y * HEAD;
    let first_query = group.x * QUERIES;
    let mine = lane / 4u;
    let quarter = lane % 4u;
    for (var n = lane; n < QUERIES * HEAD; n += THREADS) {
        let row = first_query + n / HEAD;
        var value = vec4(0.0);
        if row < params.queries {
            value = query[(group.z * params.queries + row) * params.query_stride + head + n % HEAD];
        }
        query_tile[n / HEAD * ROW + n % HEAD] = value;
    }
    var last = params.keys - 1u;
    var keys = params.keys;
    switch params.mask {
        case 1u: {
            last = first_query + mine;
            keys = min(keys, first_query + QUERIES);
        }
        case 2u: { last = reads[group.z]; }
        default: {}
    }
    var highest = LOWEST;
    var weight = 0.0;
    $sums
    for (var first = 0u; first < keys; first += KEYS) {
        let row = group.z * params.keys + first;
        let count = params.keys - first;
        load_context(row, count, params.key_offset + head, lane);
        workgroupBarrier();
        for (var k = quarter; k < KEYS; k += 4u) {
            var products = vec4(0.0);
            for (var d = 0u; d < HEAD; d++) {
                products += query_tile[mine * ROW + d] * context_tile[k * ROW + d];
            }
            let seen = first + k <= last && k < count;
            scores[mine * KEYS + k] = select(LOWEST, dot(products, vec4(1.0)), seen);
        }
        workgroupBarrier();
        var above = highest;
        for (var k = 0u; k < KEYS; k++) {
            above = max(above, scores[mine * KEYS + k]);
        }
        let shrink = exp(highest - above);
        highest = above;
        load_context(row, count, params.value_offset + head, lane);
        workgroupBarrier();
        for (var k = quarter; k < KEYS; k += 4u) {
            let score = scores[mine * KEYS + k];
            scores[mine * KEYS + k] = select(0.0, exp(score - above), score > LOWEST);
        }
        workgroupBarrier();
        weight *= shrink;
        $shrink
        for (var k = 0u; k < KEYS; k++) {
            let share = scores[mine * KEYS + k];
            weight += share;
            $mix
        }
        workgroupBarrier();
    }
    if first_query + mine < params.queries {
        let row = (group.z * params.queries + first_query + mine) * params.output_stride + head;
        $store
    }
}
