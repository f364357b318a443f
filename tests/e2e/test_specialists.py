"""A specialist on the deployed stack: through streams, the queue, its worker and the function that answers."""

from local.target import Target
from support.deployed import api, eventually, new_tenant
from support.specialists import PATH, a_proposal, data_url, praise_and_complaint


def test_a_proposal_is_trained_deployed_and_answers(stack: Target) -> None:
    key = new_tenant(stack, "foundry")["api_key"]
    with api(stack, key) as client:
        made = client.post(PATH, json=a_proposal())
        assert made.status_code == 201, made.text
        path = f"{PATH}/{made.json()['data']['specialist']['id']}"
        data = {"type": "supervised", "dataset": data_url(praise_and_complaint()), "parameters": {"epochs": 3}}
        trained = client.post(f"{path}/train", json={"training_data": data, "async": False})
        assert trained.status_code == 200, trained.text
        assert trained.json()["data"]["status"] == "completed", trained.text

        asked = client.post(f"{path}/deploy", json={"environment": "production"})
        assert asked.status_code == 202, asked.text
        eventually(
            lambda: client.get(path).json()["data"]["specialist"], lambda told: told["status"] == "ACTIVE", within_s=60
        )
        answer = client.post(f"{path}/predict", json={"text": "the screen is lovely and great"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["prediction"] == "positive"
        told = eventually(
            lambda: client.get(path).json()["data"]["specialist"]["performance_metrics"],
            lambda found: found["requests_served"] == 1,
            within_s=60,
        )
        assert told["latency_ms"] is not None
