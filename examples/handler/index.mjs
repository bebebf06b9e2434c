// The notes of an owner, newest first, behind a function URL: GET /?owner=...
// The AWS SDK is part of Lambda's Node.js runtime; keys are those of notes.table.json.
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient();

export async function handler(event) {
  const owner = event.queryStringParameters?.owner;
  if (!owner) {
    return answer(400, { error: "owner is missing" });
  }
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: process.env.TABLE_NAME,
      IndexName: "GSI1",
      KeyConditionExpression: "GSI1PK = :owner AND begins_with(GSI1SK, :note)",
      ExpressionAttributeValues: { ":owner": { S: `OWNER#${owner}` }, ":note": { S: "NOTE#" } },
      ScanIndexForward: false,
      Limit: 25,
    }),
  );
  return answer(200, { notes: Items.map((item) => ({ id: item.id.S, text: item.text.S, created_at: item.created_at.S })) });
}

function answer(statusCode, body) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
