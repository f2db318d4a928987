// The lesson's loop in the browser, for the sketch of a run while a slider moves. The rows, the start
// and the settings come from linreg/ui/parts/preview.py.

const { fround } = Math; // to float32, in which PyTorch computes

// An error's loss, and the slope of the loss there.
const LOSSES = {
  l1: [Math.abs, Math.sign],
  mse: [(error) => error * error, (error) => 2 * error],
  huber: [
    (error) => (Math.abs(error) < 1 ? 0.5 * error * error : Math.abs(error) - 0.5),
    (error) => Math.max(-1, Math.min(1, error)),
  ],
};

// The learning rate in an epoch.
const SCHEDULES = {
  constant: (lr) => lr,
  step: (lr, epoch, epochs) => lr * 0.1 ** Math.floor(epoch / Math.ceil(epochs / 3)),
  cosine: (lr, epoch, epochs) => (lr * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
};

// For each optimizer a function that makes the step of one parameter.
const OPTIMIZERS = {
  sgd: () => (value, grad, lr) => fround(value - lr * grad),
  momentum: () => {
    let sum = 0;
    return (value, grad, lr) => {
      sum = fround(0.9 * sum + grad);
      return fround(value - lr * sum);
    };
  },
  adam: () => {
    let [mean, square, step] = [0, 0, 0];
    return (value, grad, lr) => {
      step += 1;
      mean = fround(mean + (grad - mean) * (1 - 0.9));
      square = fround(0.999 * square + (1 - 0.999) * grad * grad);
      const size = Math.sqrt(square) / Math.sqrt(1 - 0.999 ** step) + 1e-8;
      return fround(value - (lr / (1 - 0.9 ** step)) * (mean / size));
    };
  },
};

export function predict(weight, bias, x) {
  return fround(fround(weight * x) + bias);
}

// The mean loss of errors.
export function lossOf(loss, errors) {
  const [of] = LOSSES[loss];
  return fround(errors.reduce((sum, error) => sum + of(error), 0) / errors.length);
}

// The data: rows on the line with its noise, or own rows. The first rows are those for training.
export function makeData({ x, offsets, isLine, validation }, { weight, bias, train_fraction }) {
  const line = (value) => predict(fround(weight), fround(bias), value);
  const y = isLine ? x.map((value, row) => line(value) + offsets[row]) : offsets;
  const trained = share(train_fraction, x.length);
  return { x, y, trained, tested: share(train_fraction + validation, x.length) };
}

// The lesson's loop, with all training rows in one batch.
export function train({ x, y, trained, tested }, plan, { lr, epochs }) {
  const [of, slopeOf] = LOSSES[plan.loss];
  const rate = SCHEDULES[plan.schedule];
  const stepWeight = OPTIMIZERS[plan.optimizer]();
  const stepBias = OPTIMIZERS[plan.optimizer]();
  let [weight, bias] = plan.start;
  const error = (row) => fround(predict(weight, bias, x[row]) - y[row]);
  // The loss on the rows from `first` to `end`; NaN where there are none.
  const lossOn = (first, end) => {
    let sum = 0;
    for (let row = first; row < end; row += 1) sum += of(error(row));
    return fround(sum / (end - first));
  };
  const run = { weight: [weight], bias: [bias], trainLoss: [], validationLoss: [], testLoss: [] };
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    let [loss, weightGrad, biasGrad] = [0, 0, 0];
    for (let row = 0; row < trained; row += 1) {
      const wrong = error(row); // 1. forward pass
      loss += of(wrong); // 2. loss
      const slope = slopeOf(wrong); // 3. and 4. gradients, from zero
      weightGrad += slope * x[row];
      biasGrad += slope;
    }
    const now = rate(lr, epoch, epochs);
    weight = stepWeight(weight, fround(weightGrad / trained), now); // 5. step
    bias = stepBias(bias, fround(biasGrad / trained), now);
    run.trainLoss.push(fround(loss / trained));
    run.validationLoss.push(lossOn(trained, tested));
    run.testLoss.push(lossOn(tested, x.length));
    run.weight.push(weight);
    run.bias.push(bias);
  }
  return run;
}

// The share of the rows, rounded as Python does: a half goes to the even number.
function share(fraction, rows) {
  const exact = fraction * rows;
  const below = Math.floor(exact);
  const up = exact - below === 0.5 ? below % 2 : Math.round(exact) - below;
  return Math.min(below + up, rows);
}
