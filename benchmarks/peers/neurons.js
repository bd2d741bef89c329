// Back-propagation with an object for each neuron and each link, as playgrounds in a browser do it.
// Reads a line of JSON with the network, then a line with a number of steps for each training; answers with the weights.
"use strict";

class Link {
  constructor(from, to, weight) {
    this.from = from; this.to = to; this.weight = weight; this.slope = 0;
  }
}

class Neuron {
  constructor(bias, activation) {
    this.bias = bias; this.activation = activation; this.inputs = []; this.outputs = [];
    this.output = 0; this.delta = 0; this.slope = 0;
  }
  forward() {
    let total = this.bias;
    for (const link of this.inputs) total += link.weight * link.from.output;
    this.output = this.activation.value(total);
  }
  backward() {
    this.delta *= this.activation.slope(this.output);
    this.slope += this.delta;
    for (const link of this.inputs) link.slope += this.delta * link.from.output;
  }
}

const ACTIVATIONS = {
  linear: { value: u => u, slope: () => 1 },
  tanh: { value: Math.tanh, slope: y => 1 - y * y },
  sigmoid: { value: u => 1 / (1 + Math.exp(-u)), slope: y => y * (1 - y) },
};

function build(given) {
  const network = [Array.from({ length: given.inputs }, () => new Neuron(0, ACTIVATIONS.linear))];
  for (const layer of given.layers) {
    const before = network[network.length - 1];
    network.push(layer.weights.map((row, unit) => {
      const neuron = new Neuron(layer.biases[unit], ACTIVATIONS[layer.activation]);
      row.forEach((weight, place) => {
        const link = new Link(before[place], neuron, weight);
        neuron.inputs.push(link); before[place].outputs.push(link);
      });
      return neuron;
    }));
  }
  return network;
}

function pattern(network, x, y) {
  network[0].forEach((neuron, place) => { neuron.output = x[place]; });
  for (let k = 1; k < network.length; k++) for (const neuron of network[k]) neuron.forward();
  const last = network.length - 1;
  network[last].forEach((neuron, place) => { neuron.delta = neuron.output - y[place]; });
  for (let k = last; k > 0; k--) {
    for (const neuron of network[k]) neuron.backward();
    if (k > 1) for (const neuron of network[k - 1]) {
      neuron.delta = 0;
      for (const link of neuron.outputs) neuron.delta += link.to.delta * link.weight;
    }
  }
}

function update(network, rate, given) {
  for (let k = 1; k < network.length; k++) for (const neuron of network[k]) {
    for (const link of neuron.inputs) {
      link.weight -= rate * link.slope; link.slope = 0;
      if (given.box) link.weight = Math.min(given.box[1], Math.max(given.box[0], link.weight));
    }
    if (given.biased) neuron.bias -= rate * neuron.slope;
    neuron.slope = 0;
  }
}

function train(given, steps) {
  const network = build(given);
  for (let step = 0; step < steps; step++) {
    const first = step * given.batch % given.x.length;
    for (let p = first; p < first + given.batch; p++) pattern(network, given.x[p], given.y[p]);
    update(network, given.rate / given.batch, given);
  }
  const weights = [];
  for (let k = 1; k < network.length; k++) {
    for (const neuron of network[k]) for (const link of neuron.inputs) weights.push(link.weight);
    if (given.biased) for (const neuron of network[k]) weights.push(neuron.bias);
  }
  return weights;
}

let given = null;
require("readline").createInterface({ input: process.stdin }).on("line", line => {
  if (given === null) given = JSON.parse(line);
  else console.log(JSON.stringify(train(given, Number(line))));
});
